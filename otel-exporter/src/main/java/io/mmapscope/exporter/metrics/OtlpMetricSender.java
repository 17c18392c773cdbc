package io.mmapscope.exporter.metrics;

import io.mmapscope.exporter.Delivery;
import io.mmapscope.exporter.OtelSettings;
import io.mmapscope.exporter.OtlpEndpoint;
import io.opentelemetry.exporter.otlp.internal.OtlpMetricExporterProvider;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Sends metrics over OTLP, to where {@code OTEL_EXPORTER_OTLP_[METRICS_]ENDPOINT} says and as its siblings say. */
final class OtlpMetricSender implements MetricSender {

  private final MetricExporter exporter;
  private final Delivery delivery;

  /**
   * Makes it.
   *
   * @param closing whether the application ends
   * @throws RuntimeException where a setting is not valid, which the message names
   */
  OtlpMetricSender(OtelSettings settings, BooleanSupplier closing) {
    this.exporter = new OtlpMetricExporterProvider().createExporter(settings.asConfigProperties());
    this.delivery = OtlpEndpoint.of(settings, "metrics").delivery("metrics", settings, closing);
  }

  @Override
  public void send(List<MetricData> metrics) throws IOException {
    delivery.send(() -> exporter.export(metrics));
  }

  @Override
  public void shutdown() {
    exporter.shutdown();
  }
}
