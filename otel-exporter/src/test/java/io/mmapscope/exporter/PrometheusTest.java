package io.mmapscope.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.HookCounts;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.spi.Listener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PrometheusTest {

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
      return free.getLocalPort();
    }
  }

  private static OtelSettings settings(int port, String otlp) {
    Map<String, String> environment = new HashMap<>();
    environment.put("OTEL_EXPORTER_PROMETHEUS_PORT", String.valueOf(port));
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", otlp);
    return OtelSettings.read(Map.of(), environment);
  }

  private static HttpResponse<String> scrape(int port) throws Exception {
    return scrape(port, "text/plain");
  }

  private static HttpResponse<String> scrape(int port, String accept) throws Exception {
    URI uri = URI.create("http://localhost:" + port + "/metrics");
    HttpRequest request = HttpRequest.newBuilder(uri).header("Accept", accept).build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void aScrapeHasEveryMetric() throws Exception {
    FakeAgent agent = new FakeAgent("traces.exporter=none;metrics.exporter=prometheus");
    agent.mappings = List.of(Samples.mapping(8192, "/data/_0.cfs", Samples.OPEN, Owner.APPLICATION));
    agent.hookCounts.add(new HookCounts("mmap", 10, 6, 3, 1));
    agent.unattributed("late", 4);
    int port = freePort();
    Listener listener = ExportingListener.create(agent, settings(port, "http://localhost:1"));
    listener.operation(Samples.map(null, 3_000_000));
    listener.operation(Samples.bare("FileChannel.map", 500, Samples.OPEN, "ENOMEM"));
    HttpResponse<String> response = scrape(port);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain; version=0.0.4; charset=utf-8");
    String map = "code_function_name=\"com.acme.Store.open\",error_type=\"none\",mmap_operation=\"FileChannel.map\"";
    String cfs = "code_function_name=\"com.acme.Store.open\",file_extension=\"cfs\",mmap_owner=\"application\"";
    assertThat(response.body().lines())
        .contains(
            "# TYPE mmap_operation_duration_seconds histogram",
            "mmap_operation_duration_seconds_bucket{" + map + ",le=\"1.0E-6\"} 0",
            "mmap_operation_duration_seconds_bucket{" + map + ",le=\"0.002\"} 0",
            "mmap_operation_duration_seconds_bucket{" + map + ",le=\"0.005\"} 1",
            "mmap_operation_duration_seconds_bucket{" + map + ",le=\"10.0\"} 1",
            "mmap_operation_duration_seconds_bucket{" + map + ",le=\"+Inf\"} 1",
            "mmap_operation_duration_seconds_count{" + map + "} 1",
            "mmap_operation_duration_seconds_sum{" + map + "} 0.003",
            "mmap_operation_duration_seconds_count{" + map.replace("none", "ENOMEM") + "} 1",
            "mmap_kernel_call_duration_seconds_count"
                + "{error_type=\"none\",mmap_owner=\"application\",mmap_syscall=\"mmap\"} 1",
            "mmap_mapped_size_bytes{" + cfs + "} 8192.0",
            "mmap_mappings{" + cfs + "} 1.0",
            "mmap_limit 65530.0",
            "mmapscope_kernel_events_total{fate=\"joined\",hook=\"mmap\"} 6.0",
            "mmapscope_kernel_seen_total{hook=\"mmap\"} 10.0",
            "mmapscope_unattributed_total{reason=\"late\"} 4.0");
    listener.close(Duration.ofSeconds(5));
    assertThat(agent.failures).isEmpty();
  }

  @Test
  void openMetricsHasTheTracesOfSlowFaults() throws Exception {
    FakeAgent agent = new FakeAgent("traces.exporter=none;metrics.exporter=prometheus");
    int port = freePort();
    Listener listener = ExportingListener.create(agent, settings(port, "http://localhost:1"));
    listener.pageFault(FaultSamples.CFS, true, false, 700, null);
    listener.pageFault(FaultSamples.CFS, true, false, 5_000_000, Samples.SAMPLED);
    // As Prometheus 2.42 with native histograms asks.
    HttpResponse<String> response =
        scrape(
            port,
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
                + "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("application/openmetrics-text; version=1.0.0; charset=utf-8");
    String tags =
        "code_function_name=\"com.acme.Store.open\",file_extension=\"cfs\",mmap_fault_mode=\"user\","
            + "mmap_memory=\"file\",mmap_owner=\"application\",system_paging_fault_type=\"major\"";
    assertThat(response.body().lines())
        .contains(
            "# TYPE mmap_fault_duration_seconds histogram",
            "# UNIT mmap_fault_duration_seconds seconds",
            "mmap_fault_duration_seconds_bucket{" + tags + ",le=\"0.002\"} 1",
            "mmap_fault_duration_seconds_bucket{" + tags + ",le=\"0.01\"} 2",
            "mmap_faults_total{" + tags + "} 2.0",
            "# EOF")
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith(
                        "mmap_fault_duration_seconds_bucket{" + tags + ",le=\"0.005\"} 2"
                            + " # {span_id=\"0000000000000021\",trace_id=\"01020304050607081112131415161718\"}"
                            + " 0.005 17"));
    assertThat(scrape(port).body()).doesNotContain("trace_id").contains("mmap_faults_total");
    listener.close(Duration.ofSeconds(5));
    assertThat(agent.failures).isEmpty();
  }

  @Test
  void aPortInUseIsSaidAndTheRestGoesOn() throws Exception {
    FakeAgent agent = new FakeAgent("metrics.exporter=prometheus,otlp");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"));
        Collector collector = new Collector()) {
      Listener listener = ExportingListener.create(agent, settings(taken.getLocalPort(), collector.url()));
      listener.operation(Samples.map(Samples.SAMPLED, 3_000_000));
      listener.close(Duration.ofSeconds(10));
      assertThat(collector.spans()).hasSize(1);
      assertThat(collector.lastMetrics()).containsKey("mmap.operation.duration");
      assertThat(agent.failures).containsOnlyKeys("export.prometheus");
      assertThat(agent.failures.get("export.prometheus"))
          .hasMessageContaining("localhost:" + taken.getLocalPort())
          .hasMessageContaining("OTEL_EXPORTER_PROMETHEUS_PORT");
    }
  }

  @Test
  void bothExportersSayTheSame() throws Exception {
    FakeAgent agent = new FakeAgent("traces.exporter=none;metrics.exporter=prometheus,otlp");
    int port = freePort();
    try (Collector collector = new Collector()) {
      Listener listener = ExportingListener.create(agent, settings(port, collector.url()));
      for (int i = 0; i < 7; i++) {
        listener.operation(Samples.map(null, 3_000));
      }
      assertThat(scrape(port).body()).containsPattern("mmap_operation_duration_seconds_count\\{[^}]*} 7\n");
      listener.close(Duration.ofSeconds(10));
      assertThat(collector.lastMetrics().get("mmap.operation.duration").getHistogram().getDataPoints(0).getCount())
          .isEqualTo(7);
    }
    assertThat(agent.failures).isEmpty();
  }
}
