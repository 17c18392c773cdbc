package io.mmapscope.agent.model;

/**
 * A page fault worth a span of its own: one that blocked its thread for at least {@code fault.min-duration}, or one that
 * could not be served ({@link #sigbus}).
 *
 * @param startNanos CLOCK_MONOTONIC, comparable with {@link System#nanoTime()}
 * @param durationNanos how long the thread was blocked; 0 for one that could not be served
 * @param major whether it waited for the file's data, as the kernel counts it
 * @param kernelMode whether the kernel touched the page on the thread's behalf, e.g. in {@code write(2)}
 * @param sigbus whether the page is not there any more: the file was truncated
 * @param address that was touched
 * @param mapping what was there, or null where that is not certain
 * @param memory what it is used for, or null where that is not certain
 * @param fileSizeThen bytes when it was mapped, or -1
 * @param fileSizeNow bytes when the agent looked, or -1
 * @param threadId {@link Thread#getId()}, or -1 for a thread that Java does not know
 * @param threadName its name, or the kernel's
 * @param tid the kernel's id in this JVM's PID namespace
 * @param trace the application's span, sampled, that was current on the thread, or null
 * @param code the compiled method that touched the page, or {@link CallSite#UNKNOWN} where that is not certain
 * @param stack that and its callers where the JVM keeps frame pointers, else empty
 */
public record SlowFault(
    long startNanos,
    long durationNanos,
    boolean major,
    boolean kernelMode,
    boolean sigbus,
    long address,
    Mapping mapping,
    Memory memory,
    long fileSizeThen,
    long fileSizeNow,
    long threadId,
    String threadName,
    int tid,
    TraceContext trace,
    CallSite code,
    CallSite.Stack stack) {

  /** Bytes into the file of the touched page's first byte, or -1 where there is no file. */
  public long fileOffset(long pageSize) {
    if (mapping == null || !mapping.fileBacked()) {
      return -1;
    }
    return mapping.fileOffset() + (address & -pageSize) - mapping.start();
  }

  /** The same, of which is known by now whose code touched the page. */
  public SlowFault withCode(CallSite newCode, CallSite.Stack newStack) {
    return new SlowFault(
        startNanos,
        durationNanos,
        major,
        kernelMode,
        sigbus,
        address,
        mapping,
        memory,
        fileSizeThen,
        fileSizeNow,
        threadId,
        threadName,
        tid,
        trace,
        newCode,
        newStack);
  }
}
