package io.mmapscope.agent.kernel;

/**
 * A page fault that came whole: a slow one, or one that could not be served. See {@code struct mms_record}.
 *
 * @param sigbus whether the thread got a SIGBUS for it
 * @param major whether it waited for a file's data
 * @param flags of {@code Wire.FaultFlag}
 * @param address touched
 * @param startNanos CLOCK_MONOTONIC
 * @param span of the application, sampled, with its trace; 0 for none
 * @param tid in this JVM's PID namespace
 * @param comm the kernel's name of the thread
 * @param instruction that touched the address; 0 where the kernel did
 * @param stack return addresses found by frame pointers, the instruction's first; 0 where there are no more
 */
public record RingFault(
    boolean sigbus,
    boolean major,
    int flags,
    long address,
    long startNanos,
    long durationNanos,
    long traceHigh,
    long traceLow,
    long span,
    int tid,
    String comm,
    long instruction,
    long[] stack) {

  public long endNanos() {
    return startNanos + durationNanos;
  }

  public boolean has(int flag) {
    return (flags & flag) != 0;
  }
}
