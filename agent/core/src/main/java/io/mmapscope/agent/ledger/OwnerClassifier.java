package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.model.Syscall;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Says whose doing a system call outside any operation is, from the words on its user stack.
 *
 * <p>The words are walked from the stack pointer upward. One that points behind a call instruction is taken for a
 * return address; without unwind tables this is as near as one gets, and a stale word can mislead it. The C library,
 * the dynamic linker and allocators act for their caller and are passed over. The first other code decides: the JDK's
 * own libraries are the JVM, any other library is native.
 *
 * <p>Generated code (compiled Java) that calls the C library directly is native: HotSpot maps memory through libjvm and
 * the JDK's classes through libnio and libjava, never from compiled code, so this is the stub of a foreign function
 * that the application linked. JNA and JNI stubs lie in libraries of their own and are native likewise.
 *
 * <p>Where no return address is found the thread's name decides: HotSpot's own threads are the JVM, others native.
 *
 * <p>For the agent's thread alone: not thread-safe.
 */
public final class OwnerClassifier {

  private static final long LOWEST_CODE = 0x10000; // vm.mmap_min_addr
  private static final int PROT_EXEC = 4;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final long FIRST_PAUSE_NANOS = 1_000_000_000L;
  private static final long LAST_PAUSE_NANOS = 60_000_000_000L;
  private static final long CHANGED_PAUSE_NANOS = 100_000_000L;

  /** Names of HotSpot's threads as the kernel has them, cut to 15 bytes. */
  private static final List<String> HOTSPOT_THREADS =
      List.of(
          "GC Thread#", "G1 ", "VM Thread", "VM Periodic Tas", "C1 CompilerThre", "C2 CompilerThre", "C1 Compiler",
          "C2 Compiler", "JVMCI ", "Sweeper thread", "ZDriver", "ZDirector", "ZStat", "ZUnmapper", "ZUncommitter",
          "ZWorker", "ZCompanion", "XDriver", "XDirector", "XStat", "XUnmapper", "XUncommitter", "XWorker",
          "Shenandoah", "Service Thread", "Monitor Deflati", "Signal Dispatch", "Notification Th", "Reference Handl",
          "Finalizer", "Common-Cleaner", "Attach Listener", "JFR ", "StringDedup");

  private final ReturnAddresses processor;
  private final CallInstructions calls;
  private final Supplier<List<MapsLine>> maps;
  private final LongSupplier clock;
  private final FileOwners owners;
  private CodeMap code;
  private boolean codeChanged;
  private long readNanos;
  private long pauseNanos = FIRST_PAUSE_NANOS;
  private boolean sawUnknown;

  /**
   * @param memory reads code
   * @param maps reads {@code /proc/self/maps}; asked at the first call and, at a bounded rate, when a stack shows
   *     addresses that were not there before
   */
  public OwnerClassifier(MemoryReader memory, Supplier<List<MapsLine>> maps) {
    this(memory, maps, System::nanoTime, FileOwners.ofThisJvm(), ReturnAddresses.ofThisJvm());
  }

  OwnerClassifier(
      MemoryReader memory,
      Supplier<List<MapsLine>> maps,
      LongSupplier clock,
      FileOwners owners,
      ReturnAddresses processor) {
    this.processor = processor;
    this.calls = new CallInstructions(memory, processor);
    this.maps = maps;
    this.clock = clock;
    this.owners = owners;
  }

  /**
   * Says whose doing the call is.
   *
   * @param threadName the kernel's name of its thread
   * @param stack words from the stack pointer upward, on AArch64 after the link register; 0 where it could not be read
   */
  public Owner classify(KernelCall call, String threadName, long[] stack) {
    if (call.has(KernelCall.FLAG_AGENT)) {
      return Owner.AGENT;
    }
    if (call.syscall() == Syscall.MMAP
        && (call.arg(2) & PROT_EXEC) != 0
        && (call.arg(3) & MAP_ANONYMOUS) == 0) {
      codeChanged = true; // a library is being loaded
    }
    if (code == null) {
      readCode();
    }
    Owner owner = walk(stack);
    if (sawUnknown && mayReadCode()) {
      readCode();
      owner = walk(stack);
    }
    return owner != null ? owner : unseen(call, threadName);
  }

  private Owner walk(long[] stack) {
    sawUnknown = false;
    for (long word : stack) {
      long address = processor.address(word);
      if (address < LOWEST_CODE || address >= processor.end()) {
        continue;
      }
      CodeMap.Kind kind = code.kindAt(address);
      switch (kind) {
        case NONE -> sawUnknown |= address == word; // else it may be any number
        case DATA, SERVANT -> {
          // Neither says who asked.
        }
        case GENERATED -> {
          if (calls.looksSo(address, code.startOf(address))) {
            return Owner.NATIVE;
          }
        }
        case JVM, NATIVE -> {
          if (calls.endsAt(address, code.startOf(address))) {
            return kind == CodeMap.Kind.JVM ? Owner.JVM : Owner.NATIVE;
          }
        }
      }
    }
    return null;
  }

  /**
   * No return address was found. The C library's own stack frames hide the caller when it grows its heap or makes a
   * thread's stack: anonymous memory of the process, which is the JVM's as far as anybody can tell.
   */
  private static Owner unseen(KernelCall call, String threadName) {
    boolean file = call.syscall() == Syscall.MMAP && (call.arg(3) & MAP_ANONYMOUS) == 0;
    return file || call.syscall() == Syscall.REMAP_FILE_PAGES || call.syscall() == Syscall.MSYNC
        ? byThread(threadName)
        : Owner.JVM;
  }

  private static Owner byThread(String threadName) {
    boolean hotSpots = threadName != null && HOTSPOT_THREADS.stream().anyMatch(threadName::startsWith);
    return hotSpots ? Owner.JVM : Owner.NATIVE;
  }

  private boolean mayReadCode() {
    return clock.getAsLong() - readNanos >= (codeChanged ? CHANGED_PAUSE_NANOS : pauseNanos);
  }

  /** Numbers that only look like addresses turn up for ever: a reading that finds nothing new makes the next rarer. */
  private void readCode() {
    CodeMap found = new CodeMap(maps.get(), owners);
    boolean same = code != null && found.sameCode(code);
    pauseNanos = same && !codeChanged ? Math.min(pauseNanos * 2, LAST_PAUSE_NANOS) : FIRST_PAUSE_NANOS;
    if (!same) {
      calls.forget();
    }
    code = found;
    codeChanged = false;
    readNanos = clock.getAsLong();
  }
}
