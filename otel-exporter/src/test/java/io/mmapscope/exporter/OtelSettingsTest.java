package io.mmapscope.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.spi.Listener;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.resources.Resource;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OtelSettingsTest {

  @Test
  void aPropertyGoesBeforeAVariableAndBlankIsNotSet() {
    OtelSettings settings =
        OtelSettings.read(
            Map.of("otel.service.name", "property", "otel.exporter.zipkin.endpoint", " "),
            Map.of("OTEL_SERVICE_NAME", "variable"));
    assertThat(settings.get("otel.service.name", "none")).isEqualTo("property");
    assertThat(settings.get("otel.exporter.zipkin.endpoint", "none")).isEqualTo("none");
  }

  @Test
  void theUsersResourceAttributesGoBeforeWhatIsFound() {
    Resource resource =
        ServiceResource.of(
            OtelSettings.read(
                Map.of(),
                Map.of("OTEL_RESOURCE_ATTRIBUTES", "host.name=h1,team=a%20b", "OTEL_SERVICE_NAME", "shop")));
    assertThat(resource.getAttribute(AttributeKey.stringKey("service.name"))).isEqualTo("shop");
    assertThat(resource.getAttribute(AttributeKey.stringKey("host.name"))).isEqualTo("h1");
    assertThat(resource.getAttribute(AttributeKey.stringKey("team"))).isEqualTo("a b");
  }

  @Test
  void settingsMeantForOthersBreakNothing() throws Exception {
    FakeAgent agent = new FakeAgent("");
    try (Collector collector = new Collector()) {
      Map<String, String> environment = new HashMap<>();
      environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url());
      environment.put("OTEL_EXPORTER_OTLP_HEADERS", "x-key=secret%20one");
      environment.put("OTEL_EXPORTER_OTLP_COMPRESSION", "gzip");
      environment.put("OTEL_CONFIG_FILE", "/no/such/file.yaml");
      environment.put("OTEL_TRACES_SAMPLER", "always_off");
      environment.put("OTEL_TRACES_EXPORTER", "jaeger");
      environment.put("OTEL_LOGS_EXPORTER", "nonsense");
      environment.put("OTEL_PROPAGATORS", "nonsense");
      environment.put("OTEL_SPAN_EVENT_COUNT_LIMIT", "0");
      environment.put("OTEL_BSP_SCHEDULE_DELAY", "nonsense");
      environment.put("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "nonsense");
      environment.put("OTEL_JAVA_METRICS_CARDINALITY_LIMIT", "nonsense");
      Listener listener = ExportingListener.create(agent, OtelSettings.read(Map.of(), environment));
      listener.operation(Samples.map(Samples.SAMPLED, 1));
      listener.close(Duration.ofSeconds(10));
      assertThat(collector.spans()).singleElement().satisfies(span -> assertThat(span.getEventsCount()).isEqualTo(1));
      assertThat(collector.metrics).hasSize(1);
      assertThat(collector.headers)
          .hasSize(2)
          .allSatisfy(
              headers ->
                  assertThat(headers)
                      .containsEntry("X-key", List.of("secret one"))
                      .containsEntry("Content-encoding", List.of("gzip"))
                      .containsEntry("Content-type", List.of("application/x-protobuf")));
    }
    assertThat(agent.failures).isEmpty();
  }

  @Test
  void grpcIsAnsweredWithOneLineAndHttp() throws Exception {
    FakeAgent agent = new FakeAgent("");
    try (Collector collector = new Collector()) {
      Map<String, String> environment =
          Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url(), "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
      Listener listener = ExportingListener.create(agent, OtelSettings.read(Map.of(), environment));
      listener.operation(Samples.map(Samples.SAMPLED, 1));
      listener.close(Duration.ofSeconds(10));
      assertThat(collector.spans()).hasSize(1);
    }
    assertThat(agent.failures).containsOnlyKeys("export.protocol");
    assertThat(agent.failures.get("export.protocol"))
        .hasMessageContaining("grpc")
        .hasMessageContaining("http/protobuf");
  }

  @Test
  void theSdksSwitchIsHonoured() {
    assertThat(OtelSettings.read(Map.of(), Map.of("OTEL_SDK_DISABLED", "true")).disabled()).isTrue();
    assertThat(OtelSettings.read(Map.of(), Map.of()).disabled()).isFalse();
  }
}
