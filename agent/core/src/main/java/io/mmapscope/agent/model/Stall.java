package io.mmapscope.agent.model;

import java.util.List;

/**
 * What one span of the application waited for page faults, all together.
 *
 * @param trace the span
 * @param startNanos begin of the first fault, CLOCK_MONOTONIC
 * @param endNanos end of the last
 * @param minor faults served from memory
 * @param major faults that waited for a file's data
 * @param durationNanos total time in them, on all threads
 * @param files those that cost most, dearest first, at most {@link #MOST_FILES}
 */
public record Stall(
    TraceContext trace, long startNanos, long endNanos, long minor, long major, long durationNanos, List<File> files) {

  public static final int MOST_FILES = 3;

  /**
   * One file's part.
   *
   * @param path absolute
   * @param callSite who mapped it, or {@link CallSite#UNKNOWN}
   * @param faults minor and major
   * @param durationNanos total time in them
   */
  public record File(String path, CallSite callSite, long faults, long durationNanos) {}
}
