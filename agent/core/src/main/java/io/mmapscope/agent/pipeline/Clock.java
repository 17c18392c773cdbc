package io.mmapscope.agent.pipeline;

import java.time.Instant;

/**
 * Converts {@link System#nanoTime()} (CLOCK_MONOTONIC on Linux, as is {@code bpf_ktime_get_ns}) to Unix time. Measured
 * anew now and then, because the wall clock is slewed. Safe for any thread.
 */
public final class Clock {

  private volatile long offset = measure();

  public void refresh() {
    offset = measure();
  }

  public long epochNanos(long nanoTime) {
    return nanoTime + offset;
  }

  private static long measure() {
    long best = Long.MAX_VALUE;
    long offset = 0;
    // The reading with the least time around it is the truest.
    for (int i = 0; i < 5; i++) {
      long before = System.nanoTime();
      Instant now = Instant.now();
      long after = System.nanoTime();
      if (after - before < best) {
        best = after - before;
        offset = now.getEpochSecond() * 1_000_000_000L + now.getNano() - (before + after) / 2;
      }
    }
    return offset;
  }
}
