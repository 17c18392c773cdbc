package io.mmapscope.agent.model;

/**
 * What the kernel counted for one hook since it was attached; {@code seen = joined + sent + lost} whenever no call is
 * in progress.
 *
 * @param hook the logical event
 * @param seen calls that ended
 * @param joined written into the slot of a thread with an operation in progress
 * @param sent sent through the ring buffer
 * @param lost counted only: ring full, no memory, or an exit whose entry was not seen or an entry whose exit was not
 */
public record HookCounts(String hook, long seen, long joined, long sent, long lost) {}
