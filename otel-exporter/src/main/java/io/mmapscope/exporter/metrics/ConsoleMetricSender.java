package io.mmapscope.exporter.metrics;

import io.mmapscope.exporter.Console;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.metrics.data.HistogramPointData;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.data.PointData;
import java.io.IOException;
import java.util.List;
import java.util.StringJoiner;

/**
 * Prints metrics on the process's standard output, as OpenTelemetry's console exporters do, so they mix with what the
 * application prints there: for looking at while developing. A line for each value, all since the start; each begins
 * with {@code metric}.
 */
final class ConsoleMetricSender implements MetricSender {

  @Override
  public void send(List<MetricData> metrics) throws IOException {
    StringBuilder text = new StringBuilder();
    for (MetricData metric : metrics) {
      for (PointData point : metric.getData().getPoints()) {
        text.append("metric ").append(metric.getName()).append(tags(point.getAttributes()));
        text.append(' ').append(value(point, metric.getUnit())).append('\n');
      }
    }
    if (!Console.print(text)) {
      throw new IOException("metrics to the console: standard output is closed");
    }
  }

  private static String tags(Attributes attributes) {
    StringJoiner tags = new StringJoiner(", ", "{", "}");
    attributes.forEach((key, value) -> tags.add(key.getKey() + "=" + value));
    return attributes.isEmpty() ? "" : tags.toString();
  }

  private static String value(PointData point, String unit) {
    if (point instanceof HistogramPointData histogram) {
      long count = histogram.getCount();
      String mean = count == 0 ? "" : " mean " + Console.duration((long) (histogram.getSum() / count * 1e9));
      return "count " + count + " sum " + Console.duration((long) (histogram.getSum() * 1e9)) + mean;
    }
    String value = String.valueOf(((LongPointData) point).getValue());
    return unit.startsWith("{") ? value : value + " " + unit;
  }
}
