package io.mmapscope.exporter.metrics;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.metrics.data.DoubleExemplarData;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.MetricDataType;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * OpenTelemetry's metric data, of the kinds that {@link io.mmapscope.exporter.metrics.MetricSnapshot} makes, as
 * Prometheus' own: names with underscores, units spelled out at their end ({@code mmap.fault.duration} is
 * {@code mmap_fault_duration_seconds}). A unit in braces, what is counted, is no part of the name.
 */
final class PrometheusSnapshots {

  private PrometheusSnapshots() {}

  static MetricSnapshots of(List<MetricData> metrics) {
    List<MetricSnapshot> snapshots = new ArrayList<>();
    for (MetricData metric : metrics) {
      snapshots.add(snapshot(metric));
    }
    return new MetricSnapshots(snapshots);
  }

  private static MetricSnapshot snapshot(MetricData metric) {
    MetricMetadata metadata = metadata(metric);
    if (metric.getType() == MetricDataType.HISTOGRAM) {
      List<HistogramDataPointSnapshot> points = new ArrayList<>();
      metric.getHistogramData().getPoints().forEach(point -> points.add(histogram(point)));
      return new HistogramSnapshot(metadata, points);
    }
    if (metric.getType() == MetricDataType.LONG_SUM) {
      List<CounterDataPointSnapshot> points = new ArrayList<>();
      metric.getLongSumData().getPoints().forEach(point -> points.add(counter(point)));
      return new CounterSnapshot(metadata, points);
    }
    List<GaugeDataPointSnapshot> points = new ArrayList<>();
    metric.getLongGaugeData().getPoints().forEach(point -> points.add(gauge(point)));
    return new GaugeSnapshot(metadata, points);
  }

  private static MetricMetadata metadata(MetricData metric) {
    Unit unit =
        switch (metric.getUnit()) {
          case "s" -> Unit.SECONDS;
          case "By" -> Unit.BYTES;
          default -> null;
        };
    String name = underscored(metric.getName());
    return new MetricMetadata(unit == null ? name : name + "_" + unit, metric.getDescription(), unit);
  }

  private static HistogramDataPointSnapshot histogram(HistogramPointData point) {
    List<Double> bounds = new ArrayList<>(point.getBoundaries());
    bounds.add(Double.POSITIVE_INFINITY);
    List<Exemplar> exemplars = new ArrayList<>();
    point.getExemplars().forEach(exemplar -> exemplars.add(exemplar(exemplar)));
    return new HistogramDataPointSnapshot(
        ClassicHistogramBuckets.of(bounds, point.getCounts()),
        point.getSum(),
        labels(point.getAttributes()),
        Exemplars.of(exemplars),
        0);
  }

  private static Exemplar exemplar(DoubleExemplarData exemplar) {
    return Exemplar.builder()
        .value(exemplar.getValue())
        .traceId(exemplar.getSpanContext().getTraceId())
        .spanId(exemplar.getSpanContext().getSpanId())
        .timestampMillis(TimeUnit.NANOSECONDS.toMillis(exemplar.getEpochNanos()))
        .build();
  }

  private static CounterDataPointSnapshot counter(LongPointData point) {
    return new CounterDataPointSnapshot(point.getValue(), labels(point.getAttributes()), null, 0);
  }

  private static GaugeDataPointSnapshot gauge(LongPointData point) {
    return new GaugeDataPointSnapshot(point.getValue(), labels(point.getAttributes()), null);
  }

  private static Labels labels(Attributes attributes) {
    Labels.Builder labels = Labels.builder();
    attributes.forEach((key, value) -> labels.label(underscored(key.getKey()), value.toString()));
    return labels.build();
  }

  private static String underscored(String name) {
    return name.replace('.', '_');
  }
}
