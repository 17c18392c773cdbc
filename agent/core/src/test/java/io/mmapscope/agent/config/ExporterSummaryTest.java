package io.mmapscope.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ExporterSummaryTest {

  private static String summary(String argument, Map<String, String> properties, Map<String, String> environment) {
    Settings settings = SettingsLoader.load(argument, properties, environment).settings();
    return ExporterSummary.of(settings, properties, environment);
  }

  @Test
  void namesTheDefaultOnceForSpansAndMetrics() {
    assertThat(summary("", Map.of(), Map.of())).isEqualTo("OTLP http://localhost:4318");
  }

  @Test
  void readsOpenTelemetrysOwnNames() {
    assertThat(summary("", Map.of(), Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")))
        .isEqualTo("OTLP http://collector:4318");
    assertThat(
            summary(
                "",
                Map.of("otel.exporter.otlp.endpoint", "http://property:1"),
                Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://variable:2")))
        .isEqualTo("OTLP http://property:1");
    assertThat(summary("", Map.of(), Map.of("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://m:1/v1/metrics")))
        .isEqualTo("OTLP http://localhost:4318, OTLP http://m:1/v1/metrics");
  }

  @Test
  void namesEachKind() {
    assertThat(summary("traces.exporter=zipkin;metrics.exporter=prometheus", Map.of(), Map.of()))
        .isEqualTo("Zipkin http://localhost:9411/api/v2/spans, Prometheus localhost:9464");
    assertThat(summary("traces.exporter=console;metrics.exporter=console", Map.of(), Map.of())).isEqualTo("console");
    assertThat(summary("traces.exporter=none;metrics.exporter=none", Map.of(), Map.of())).isEqualTo("no exporter");
    assertThat(
            summary(
                "traces.exporter=none;metrics.exporter=prometheus",
                Map.of(),
                Map.of("OTEL_EXPORTER_PROMETHEUS_HOST", "0.0.0.0", "OTEL_EXPORTER_PROMETHEUS_PORT", "9999")))
        .isEqualTo("Prometheus 0.0.0.0:9999");
  }

  @Test
  void saysThatTheSdkIsDisabled() {
    assertThat(summary("", Map.of(), Map.of("OTEL_SDK_DISABLED", "true"))).isEqualTo("no exporter (OTEL_SDK_DISABLED)");
  }

  @Test
  void keepsPasswordsAndLineBreaksOut() {
    assertThat(summary("", Map.of(), Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://me:secret@host:1\nx")))
        .isEqualTo("OTLP http://host:1?x");
  }
}
