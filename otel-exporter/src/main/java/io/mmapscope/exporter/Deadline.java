package io.mmapscope.exporter;

import java.time.Duration;

/**
 * A moment until which to wait. Immutable.
 *
 * @param nanos {@link System#nanoTime()} of it
 */
public record Deadline(long nanos) {

  public static Deadline in(Duration timeout) {
    return new Deadline(System.nanoTime() + timeout.toNanos());
  }

  /** What is left in nanoseconds, at least 0. */
  public long leftNanos() {
    return Math.max(0, nanos - System.nanoTime());
  }

  /** Waits for the thread to end. Returns whether it has. An interrupt ends the wait and stays set. */
  public boolean join(Thread thread) {
    try {
      long left = leftNanos();
      while (thread.isAlive() && left > 0) {
        thread.join(left / 1_000_000, (int) (left % 1_000_000));
        left = leftNanos();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }
}
