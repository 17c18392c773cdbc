package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.LogManagerChoice;
import io.mmapscope.e2e.programs.MapOperations;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The libraries in the agent neither log nor touch the application's logging. */
class LoggingIT extends E2e {

  private static final String CHOSEN = LogManagerChoice.Chosen.class.getName() + "\n";

  @ParameterizedTest
  @Jdks
  void theApplicationMayChooseItsLogManagerWhileOtlpIsSent(Jdk jdk) throws Exception {
    Result result =
        jvm(jdk)
            .environment("OTEL_METRIC_EXPORT_INTERVAL", "200")
            .program(LogManagerChoice.class, workspace.output().resolve("data.bin"))
            .run()
            .succeeded();
    assertThat(collector.spans("MappedByteBuffer.force")).hasSize(1);
    assertThat(collector.requests()).as("sent before the choice").isGreaterThan(5);
    assertThat(result.stdout()).isEqualTo(CHOSEN);
    assertThat(result.stderr().lines()).singleElement().asString().matches(START_LINE);
  }

  @ParameterizedTest
  @Jdks
  void theApplicationMayChooseItsLogManagerAfterPrometheusScraped(Jdk jdk) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
      port = free.getLocalPort();
    }
    Result result =
        jvm(jdk)
            .setting("metrics.exporter", "prometheus")
            .setting("traces.exporter", "zipkin")
            .environment("OTEL_EXPORTER_PROMETHEUS_PORT", String.valueOf(port))
            .environment("OTEL_EXPORTER_ZIPKIN_ENDPOINT", collector.endpoint() + "/api/v2/spans")
            .program(LogManagerChoice.class, workspace.output().resolve("data.bin"), port)
            .run()
            .succeeded();
    assertThat(collector.requests()).isPositive();
    assertThat(result.stdout()).isEqualTo("HTTP/1.1 200 OK\n" + CHOSEN);
    assertThat(result.stderr().lines()).first().asString().matches(START_LINE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"otlp", "zipkin"})
  void aCollectorThatRefusesIsNoReasonForALogLine(String exporter) throws Exception {
    Path output = workspace.output();
    try (Collector failing = new Collector(Collector.Mode.FAILING)) {
      Result result =
          jvm(Jdk.current())
              .setting("traces.exporter", exporter)
              .collector(failing)
              .environment("OTEL_EXPORTER_ZIPKIN_ENDPOINT", failing.endpoint() + "/api/v2/spans")
              .program(MapOperations.class, output.resolve("data.bin"), output.resolve("truth.csv"))
              .run()
              .succeeded();
      assertThat(result.stdout()).isEqualTo("done\n");
      assertThat(result.otherLines()).isEmpty();
    }
  }
}
