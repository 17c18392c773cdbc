package io.mmapscope.exporter.metrics;

import io.mmapscope.exporter.Exports;
import io.mmapscope.exporter.OtelSettings;
import io.mmapscope.exporter.Retries;
import io.opentelemetry.exporter.otlp.http.metrics.OtlpHttpMetricExporter;
import io.opentelemetry.exporter.otlp.internal.OtlpMetricExporterProvider;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.metrics.export.MetricExporter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Sends metrics over OTLP, to where {@code OTEL_EXPORTER_OTLP_[METRICS_]ENDPOINT} says and as its siblings say. */
final class OtlpMetricSender implements MetricSender {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Duration GRACE = Duration.ofMillis(500);

  private final MetricExporter exporter;
  private final Duration longest;
  private final String target;

  /**
   * Makes it.
   *
   * @param closing whether the application ends
   * @throws RuntimeException where a setting is not valid, which the message names
   */
  OtlpMetricSender(OtelSettings settings, BooleanSupplier closing) {
    ConfigProperties config = settings.asConfigProperties();
    MetricExporter configured = new OtlpMetricExporterProvider().createExporter(config);
    this.exporter =
        configured instanceof OtlpHttpMetricExporter http && !Retries.disabled(settings)
            ? http.toBuilder().setRetryPolicy(Retries.untilClosing(closing)).build()
            : configured;
    Duration timeout = config.getDuration("otel.exporter.otlp.timeout", TIMEOUT);
    this.longest = config.getDuration("otel.exporter.otlp.metrics.timeout", timeout).plus(GRACE);
    String common = settings.get("otel.exporter.otlp.endpoint", "http://localhost:4318");
    this.target = settings.get("otel.exporter.otlp.metrics.endpoint", common);
  }

  @Override
  public void send(List<MetricData> metrics) throws IOException {
    Exports.await("metrics", target, longest, () -> exporter.export(metrics));
  }
}
