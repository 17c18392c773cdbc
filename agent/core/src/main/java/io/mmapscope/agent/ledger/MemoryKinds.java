package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.AddressRanges;
import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Memory;
import io.mmapscope.agent.model.Owner;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Says what a range of the address space is used for, as far as that is certain.
 *
 * <p>Where the Java heap and the code cache are the JVM tells, once, at the first question: their ranges are reserved
 * when it starts and do not move. A JVM that does not (ZGC gives no addresses, a runtime image may lack the module) has
 * its heap known where it is a file of the name that ZGC gives it, and is otherwise without a kind of its own.
 *
 * <p>A file is a library's where some part of it is mapped as code. That is read from {@code /proc/self/maps}, again
 * only where native code has mapped a file since, and so seldom that it takes at most a twentieth of the thread's time.
 *
 * <p>Direct memory is not told from other memory without a file here, see {@link DirectMemory}. Answers take some 20 ns
 * and allocate nothing. For the agent's thread alone: not thread-safe.
 */
public final class MemoryKinds {

  /** The JVM's own commands, see {@code jcmd PID help}; their text has a range in brackets for each part. */
  private static final String HEAP = "GC.heap_info";

  private static final String CODE = "Compiler.codecache";

  private static final long SHORTEST_REST_NANOS = 1_000_000_000;
  private static final int REST_FACTOR = 19;

  private final Function<String, String> diagnose;
  private final Supplier<List<MapsLine>> maps;
  private final LongSupplier clock;
  private final Set<FileIdentity> codeFiles = new HashSet<>();
  private final Set<String> codePaths = new HashSet<>();
  private AddressRanges heap;
  private AddressRanges code;
  private boolean read;
  private long readNanos;
  private long nextReading;

  /**
   * @param diagnose the text that a diagnostic command of the JVM gives, or null where it gives none
   * @param maps reads {@code /proc/self/maps}
   */
  public MemoryKinds(Function<String, String> diagnose, Supplier<List<MapsLine>> maps) {
    this(diagnose, maps, System::nanoTime);
  }

  MemoryKinds(Function<String, String> diagnose, Supplier<List<MapsLine>> maps, LongSupplier clock) {
    this.diagnose = diagnose;
    this.maps = maps;
    this.clock = clock;
  }

  /**
   * What the memory at an address is used for.
   *
   * @param mapping what is there
   * @param address in it
   * @param nearStackPointer whether a thread touched it close to where its stack pointer was
   * @return null where it is not certain, or not yet
   */
  public Memory of(Mapping mapping, long address, boolean nearStackPointer) {
    if (heap == null) {
      heap = AddressRanges.in(diagnose.apply(HEAP));
      code = AddressRanges.in(diagnose.apply(CODE));
    }
    if (heap.contain(address)) {
      return Memory.JAVA_HEAP;
    }
    if (code.contain(address)) {
      return Memory.CODE_CACHE;
    }
    if (mapping.fileBacked()) {
      return ofFile(mapping);
    }
    return nearStackPointer ? Memory.THREAD_STACK : Memory.ANONYMOUS;
  }

  private Memory ofFile(Mapping mapping) {
    if (mapping.creator().owner() == Owner.JVM && mapping.path() != null) {
      return FileOwners.heapOfZgc(mapping.path()) ? Memory.JAVA_HEAP : Memory.LIBRARY;
    }
    boolean nativeCodes = mapping.creator().owner() != Owner.APPLICATION;
    boolean current = !nativeCodes || read && mapping.creator().nanos() - readNanos < 0 || readCode();
    if (codeFiles.contains(mapping.file()) || codePaths.contains(mapping.path())) {
      return Memory.LIBRARY;
    }
    return current && mapping.creator().owner() != Owner.JVM ? Memory.FILE : null;
  }

  /** False where it is too early for that. */
  private boolean readCode() {
    long begun = clock.getAsLong();
    if (read && begun - nextReading < 0) {
      return false;
    }
    codeFiles.clear();
    codePaths.clear();
    for (MapsLine line : maps.get()) {
      if (line.file() != null && line.executable()) {
        codeFiles.add(line.file());
        codePaths.add(line.path());
      }
    }
    codePaths.remove(null);
    long took = clock.getAsLong() - begun;
    readNanos = begun;
    nextReading = begun + took + Math.max(SHORTEST_REST_NANOS, REST_FACTOR * took);
    read = true;
    return true;
  }
}
