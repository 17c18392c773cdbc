package io.mmapscope.exporter.metrics;

import io.micrometer.core.instrument.AbstractTimer;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.mmapscope.agent.model.TraceContext;
import io.opentelemetry.sdk.metrics.data.DoubleExemplarData;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A timer that keeps its count, its sum and its buckets from the start on. It has no maximum, which nothing exports:
 * keeping one takes the time of day for each measurement.
 */
final class BucketTimer extends AbstractTimer {

  private final FixedBuckets buckets;
  private final AtomicLong totalNanos = new AtomicLong();
  private final BucketExemplars exemplars = new BucketExemplars();

  static BucketTimer create(Id id, Clock clock, PauseDetector pauses) {
    return new BucketTimer(id, clock, pauses, new FixedBuckets());
  }

  private BucketTimer(Id id, Clock clock, PauseDetector pauses, FixedBuckets buckets) {
    super(id, clock, pauses, TimeUnit.SECONDS, buckets);
    this.buckets = buckets;
  }

  @Override
  protected void recordNonNegative(long amount, TimeUnit unit) {
    totalNanos.getAndAdd(unit.toNanos(amount));
  }

  /** The span that a measurement recorded just now belongs to. */
  void exemplar(long nanos, TraceContext trace, long epochNanos) {
    exemplars.keep(nanos, trace, epochNanos);
  }

  /** Of each bucket the newest exemplar that is not older than that. */
  List<DoubleExemplarData> exemplarsSince(long epochNanos) {
    return exemplars.since(epochNanos);
  }

  @Override
  public long count() {
    long count = 0;
    for (long inBucket : buckets.counts()) {
      count += inBucket;
    }
    return count;
  }

  @Override
  public double totalTime(TimeUnit unit) {
    return totalNanos.get() / (double) unit.toNanos(1);
  }

  @Override
  public double max(TimeUnit unit) {
    return 0;
  }

  /** The count of each bucket of {@link DurationBuckets}, and of what is longer. */
  long[] bucketCounts() {
    return buckets.counts();
  }
}
