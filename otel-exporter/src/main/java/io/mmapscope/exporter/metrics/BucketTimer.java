package io.mmapscope.exporter.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.cumulative.CumulativeTimer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import java.util.concurrent.TimeUnit;

/** A timer that keeps its count, its sum and its buckets from the start on. */
final class BucketTimer extends CumulativeTimer {

  private final FixedBuckets buckets;

  static BucketTimer create(Id id, Clock clock, DistributionStatisticConfig config, PauseDetector pauses) {
    return new BucketTimer(id, clock, config, pauses, new FixedBuckets());
  }

  private BucketTimer(
      Id id, Clock clock, DistributionStatisticConfig config, PauseDetector pauses, FixedBuckets buckets) {
    super(id, clock, config, pauses, TimeUnit.SECONDS, buckets);
    this.buckets = buckets;
  }

  /** The count of each bucket of {@link DurationBuckets}, and of what is longer. */
  long[] bucketCounts() {
    return buckets.counts();
  }
}
