package io.mmapscope.agent.model;

import java.util.List;

/**
 * One instrumented operation, complete: what Java asked for, what the kernel did, who asked and in which trace.
 *
 * @param kind what was done
 * @param name the span's name: {@code FileChannel.map}, …, or {@code Class.method} of a library method
 * @param startNanos {@link System#nanoTime()} at entry
 * @param endNanos {@link System#nanoTime()} at exit
 * @param threadId {@link Thread#getId()}
 * @param threadName its name at exit
 * @param callSite the application frame that asked, or {@link CallSite#UNKNOWN}
 * @param stack that frame and its callers, innermost first; empty where not kept
 * @param trace the application's span at entry, or null
 * @param address first byte as the program sees it; 0 where there is none
 * @param lengthBytes length asked for; -1 where there is none
 * @param offsetBytes offset in the file asked for; -1 where there is none
 * @param mode {@code READ_ONLY}, {@code READ_WRITE}, {@code PRIVATE}, or null
 * @param path absolute path of the file, or null
 * @param fileSize bytes at the time of the call, or -1
 * @param errorType errno name or exception class, or null for success
 * @param kernel what the kernel saw, or null where that is not known
 * @param faults page faults of the thread meanwhile, or null where not counted
 * @param origin call site of the mapping that the range belongs to, or {@link CallSite#UNKNOWN}
 */
public record Operation(
    Kind kind,
    String name,
    long startNanos,
    long endNanos,
    long threadId,
    String threadName,
    CallSite callSite,
    CallSite.Stack stack,
    TraceContext trace,
    long address,
    long lengthBytes,
    long offsetBytes,
    String mode,
    String path,
    long fileSize,
    String errorType,
    Kernel kernel,
    Faults faults,
    CallSite origin) {

  private static final int MAP_ANONYMOUS = 0x20;

  /** What kind of operation; the ordinal is the number that advice passes. */
  public enum Kind {
    MAP("FileChannel.map"),
    UNMAP("FileChannel.unmap"),
    FORCE("MappedByteBuffer.force"),
    LOAD("MappedByteBuffer.load"),
    /** A method named in the setting {@code operations}. */
    LIBRARY(null);

    private final String spanName;

    Kind(String spanName) {
      this.spanName = spanName;
    }

    /** The span's name, or null where it is the method's own. */
    public String spanName() {
      return spanName;
    }
  }

  /**
   * The kernel's part of an operation.
   *
   * @param calls the calls in order, each with its details
   * @param count how many calls, those without details included
   * @param durationNanos their total time
   */
  public record Kernel(List<KernelCall> calls, long count, long durationNanos) {}

  /**
   * Page faults of a thread between two moments.
   *
   * @param minor served from memory
   * @param major waited for a disk
   * @param durationNanos total time in faults
   */
  public record Faults(long minor, long major, long durationNanos) {}

  /**
   * Whose doing a call within an operation is: the application's, but for anonymous memory that is mapped within one of
   * the JDK's operations. Those map files only; the JVM grew its own memory meanwhile, for a class or a lock.
   */
  public static Owner ownerOf(Kind kind, KernelCall call) {
    boolean anonymous = call.syscall() == Syscall.MMAP && (call.arg(3) & MAP_ANONYMOUS) != 0;
    return anonymous && kind != Kind.LIBRARY ? Owner.JVM : Owner.APPLICATION;
  }

  public long durationNanos() {
    return endNanos - startNanos;
  }
}
