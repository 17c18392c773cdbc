package io.mmapscope.exporter.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.metrics.data.AggregationTemporality;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableGaugeData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableHistogramData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableHistogramPointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableLongPointData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableMetricData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableSumData;
import io.opentelemetry.sdk.resources.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Reads the meters of a {@link CumulativeRegistry} as OpenTelemetry's metric data: timers as histograms in seconds,
 * counters as sums, gauges, all values since the start and with OpenTelemetry's units ({@code s}, {@code By}). Sizes
 * and counts are whole numbers. Safe for any thread.
 */
final class MetricSnapshot {

  private final MeterRegistry registry;
  private final Resource resource;
  private final InstrumentationScopeInfo scope;
  private final long startEpochNanos;

  MetricSnapshot(MeterRegistry registry, Resource resource, String version, long startEpochNanos) {
    this.registry = registry;
    this.resource = resource;
    this.scope = InstrumentationScopeInfo.builder("mmapscope").setVersion(version).build();
    this.startEpochNanos = startEpochNanos;
  }

  /**
   * Returns the values of now, a metric for each name.
   *
   * @param epochNanos the time of day
   * @param exemplarsSince the oldest exemplars that are wanted, a time of day in nanoseconds
   */
  List<MetricData> take(long epochNanos, long exemplarsSince) {
    Map<String, List<Meter>> byName = new TreeMap<>();
    for (Meter meter : registry.getMeters()) {
      byName.computeIfAbsent(meter.getId().getName(), name -> new ArrayList<>()).add(meter);
    }
    List<MetricData> metrics = new ArrayList<>();
    for (List<Meter> meters : byName.values()) {
      metrics.add(metric(meters, epochNanos, exemplarsSince));
    }
    return metrics;
  }

  private MetricData metric(List<Meter> meters, long now, long exemplarsSince) {
    Meter first = meters.get(0);
    if (first instanceof BucketTimer) {
      return histogram(meters, now, exemplarsSince);
    }
    return first instanceof Gauge ? gauge(meters, now) : sum(meters, now);
  }

  private MetricData histogram(List<Meter> meters, long now, long exemplarsSince) {
    List<HistogramPointData> points = new ArrayList<>();
    for (Meter meter : meters) {
      points.add(point((BucketTimer) meter, now, exemplarsSince));
    }
    Meter.Id id = meters.get(0).getId();
    return ImmutableMetricData.createDoubleHistogram(
        resource,
        scope,
        id.getName(),
        description(id),
        "s",
        ImmutableHistogramData.create(AggregationTemporality.CUMULATIVE, points));
  }

  private HistogramPointData point(BucketTimer timer, long now, long exemplarsSince) {
    List<Long> counts = new ArrayList<>();
    for (long count : timer.bucketCounts()) {
      counts.add(count);
    }
    double sum = timer.totalTime(TimeUnit.SECONDS);
    return ImmutableHistogramPointData.create(
        startEpochNanos,
        now,
        attributes(timer),
        sum,
        false,
        0,
        false,
        0,
        DurationBuckets.SECONDS,
        counts,
        timer.exemplarsSince(exemplarsSince));
  }

  private MetricData gauge(List<Meter> meters, long now) {
    List<LongPointData> points = new ArrayList<>();
    for (Meter meter : meters) {
      points.add(whole(((Gauge) meter).value(), meter, now));
    }
    Meter.Id id = meters.get(0).getId();
    return ImmutableMetricData.createLongGauge(
        resource, scope, id.getName(), description(id), unit(id), ImmutableGaugeData.create(points));
  }

  private MetricData sum(List<Meter> meters, long now) {
    List<LongPointData> points = new ArrayList<>();
    for (Meter meter : meters) {
      double count = meter instanceof Counter counter ? counter.count() : ((FunctionCounter) meter).count();
      points.add(whole(count, meter, now));
    }
    Meter.Id id = meters.get(0).getId();
    return ImmutableMetricData.createLongSum(
        resource,
        scope,
        id.getName(),
        description(id),
        unit(id),
        ImmutableSumData.create(true, AggregationTemporality.CUMULATIVE, points));
  }

  private LongPointData whole(double value, Meter meter, long now) {
    return ImmutableLongPointData.create(startEpochNanos, now, attributes(meter), Math.round(value));
  }

  private static Attributes attributes(Meter meter) {
    AttributesBuilder attributes = Attributes.builder();
    for (Tag tag : meter.getId().getTagsAsIterable()) {
      attributes.put(tag.getKey(), tag.getValue());
    }
    return attributes.build();
  }

  private static String description(Meter.Id id) {
    return id.getDescription() == null ? "" : id.getDescription();
  }

  private static String unit(Meter.Id id) {
    String unit = id.getBaseUnit();
    if (unit == null) {
      return "1";
    }
    return unit.equals("bytes") ? "By" : unit;
  }
}
