package io.mmapscope.exporter.metrics;

import io.micrometer.core.instrument.distribution.Histogram;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts durations by {@link DurationBuckets}, from the start on and for good. Micrometer's own fixed-boundary
 * histogram forgets with time, which is not what a cumulative export wants. Safe for any thread, allocates nothing.
 */
final class FixedBuckets implements Histogram {

  private final AtomicLongArray counts = new AtomicLongArray(DurationBuckets.COUNT);

  @Override
  public void recordLong(long nanos) {
    counts.getAndIncrement(DurationBuckets.indexOf(nanos));
  }

  @Override
  public void recordDouble(double nanos) {
    recordLong((long) nanos);
  }

  /** The count of each bucket, not of those below it too. */
  long[] counts() {
    long[] copy = new long[counts.length()];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = counts.get(i);
    }
    return copy;
  }

  @Override
  public HistogramSnapshot takeSnapshot(long count, double total, double max) {
    return HistogramSnapshot.empty(count, total, max);
  }
}
