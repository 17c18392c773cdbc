package io.mmapscope.agent.context;

import io.mmapscope.agent.model.AddressRanges;
import io.mmapscope.agent.model.CallSite;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/**
 * Says which compiled method an instruction belonged to, where that is certain.
 *
 * <p>The JVM's list of compiled methods tells of the moment when it is read. Code may be dropped and its place used
 * again, so one list proves nothing about a moment before or after it. Two do: a method that is at the address with the
 * same compilation's number in a list read <em>before</em> the moment and in one read <em>after</em> it was there in
 * between, because the JVM gives no number twice and moves no code. So nothing is said of a method that was compiled
 * since the last reading, until after the next one.
 *
 * <p>What is named is the method that was compiled; the compiler may have inlined others into it, and the instruction
 * may be theirs. There is no line. The interpreter, stubs and native code have no name.
 *
 * <p>While the JVM prints the list, some 2 µs a method, it neither installs code nor comes to a safepoint. So it is read
 * only when it is asked about an address among the compiled methods, at most four times a second, and takes at most a
 * fiftieth of the time.
 *
 * <p>For the agent's thread alone: not thread-safe.
 */
public final class CompiledCode {

  private static final String LIST = "Compiler.codelist";
  private static final String CODE_CACHE = "Compiler.codecache";
  private static final String FLAGS = "VM.flags";

  /** The part of the code cache for the interpreter and stubs; only where the cache is in parts. */
  private static final Pattern WITHOUT_METHODS = Pattern.compile("CodeHeap 'non-nmethods'.*\\n.*");

  private static final String FRAME_POINTERS = "-XX:+PreserveFramePointer";
  private static final long SHORTEST_REST_NANOS = 250_000_000;
  private static final int REST_FACTOR = 49;

  /** Below it is the carrier's stack, which has nothing to do with the virtual thread. */
  private static final String VIRTUAL_THREADS_BOTTOM = "jdk.internal.vm.Continuation";

  /** Stands for one or more frames of the interpreter, of stubs, or of code of which nothing is certain. */
  private static final StackTraceElement NOT_COMPILED = new StackTraceElement("jvm", "notCompiled", null, -1);

  private record Reading(CodeList list, long began, long ended) {}

  private final Function<String, String> diagnose;
  private final CallSites callSites;
  private final LongSupplier clock;
  private Reading older;
  private Reading newer;
  private long nextReading;
  private boolean silent;
  private AddressRanges generated;
  private AddressRanges methods;
  private Boolean framePointers;

  /** @param diagnose the text that a diagnostic command of the JVM gives, or null where it gives none */
  public CompiledCode(Function<String, String> diagnose, CallSites callSites) {
    this(diagnose, callSites, System::nanoTime);
  }

  CompiledCode(Function<String, String> diagnose, CallSites callSites, LongSupplier clock) {
    this.diagnose = diagnose;
    this.callSites = callSites;
    this.clock = clock;
  }

  /**
   * False where later it may be certain what was at an address, and is not now.
   *
   * @param nanos {@link System#nanoTime} then
   */
  public boolean settled(long instruction, long nanos) {
    return silent || !mayBeMethod(instruction) || readIfDue(nanos);
  }

  /** The compiled method at an address at a time, or {@link CallSite#UNKNOWN} where that is not certain. */
  public CallSite at(long instruction, long nanos) {
    if (!mayBeMethod(instruction)) {
      return CallSite.UNKNOWN;
    }
    readIfDue(nanos);
    CodeList.Method method = certain(instruction, nanos);
    return method == null
        ? CallSite.UNKNOWN
        : callSites.byNumber(
            callSites.number(newer.list.className(method), newer.list.methodName(method), null, -1));
  }

  /**
   * The stack behind return addresses; empty where this JVM keeps no frame pointers and they mean nothing. It begins with
   * compiled code or is empty, and ends where native code begins, because only generated code is sure to keep the chain
   * of frame pointers. Of a fault on the thread's own stack it may lack the frame that was about to be made.
   *
   * @param addresses the touching instruction's first, 0 where there are no more
   */
  public CallSite.Stack stack(long[] addresses, long nanos) {
    if (addresses.length == 0 || !framePointers() || !at(addresses[0], nanos).known()) {
      return CallSite.Stack.NONE;
    }
    List<StackTraceElement> frames = new ArrayList<>(addresses.length);
    for (int i = 0; i < addresses.length && generated.contain(addresses[i]); i++) {
      // A return address is behind its call, which may be the method's last instruction.
      StackTraceElement frame = frame(i == 0 ? addresses[0] : addresses[i] - 1, nanos);
      if (frame.getClassName().equals(VIRTUAL_THREADS_BOTTOM)) {
        break;
      }
      if (frame != NOT_COMPILED || frames.get(frames.size() - 1) != NOT_COMPILED) {
        frames.add(frame);
      }
    }
    return new CallSite.Stack(List.copyOf(frames));
  }

  private StackTraceElement frame(long address, long nanos) {
    CodeList.Method method = certain(address, nanos);
    return method == null
        ? NOT_COMPILED
        : new StackTraceElement(newer.list.className(method), newer.list.methodName(method), null, -1);
  }

  private CodeList.Method certain(long address, long nanos) {
    if (older == null || older.ended - nanos >= 0 || newer.began - nanos <= 0) {
      return null;
    }
    CodeList.Method after = newer.list.at(address);
    return after != null && after.sameAs(older.list.at(address)) ? after : null;
  }

  private boolean framePointers() {
    if (framePointers == null) {
      String flags = diagnose.apply(FLAGS);
      framePointers = flags != null && flags.contains(FRAME_POINTERS);
    }
    return framePointers;
  }

  private boolean mayBeMethod(long address) {
    if (generated == null) {
      String parts = diagnose.apply(CODE_CACHE);
      generated = AddressRanges.in(parts);
      methods = parts == null ? generated : AddressRanges.in(WITHOUT_METHODS.matcher(parts).replaceAll(""));
    }
    return methods.contain(address);
  }

  /** Returns false where the newest list is older. */
  private boolean readIfDue(long nanos) {
    boolean due = newer == null || newer.began - nanos <= 0;
    if (due && !silent && (newer == null || clock.getAsLong() - nextReading >= 0)) {
      read();
    }
    return newer != null && newer.began - nanos > 0;
  }

  private void read() {
    long began = clock.getAsLong();
    String text = diagnose.apply(LIST);
    if (text == null) {
      silent = true;
      return;
    }
    long ended = clock.getAsLong();
    older = newer == null ? null : new Reading(newer.list.withoutNames(), newer.began, newer.ended);
    newer = new Reading(CodeList.parse(text), began, ended);
    nextReading = ended + Math.max(SHORTEST_REST_NANOS, REST_FACTOR * (ended - began));
  }
}
