package io.mmapscope.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.KernelEvent;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.model.Syscall;
import io.mmapscope.agent.spi.Listener;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What does not arrive is counted to the span, and no collector holds anyone longer than agreed. */
class SpanLossTest {

  /** Accepts connections and never answers. */
  private static final class Silent implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> accepted = new ArrayList<>();

    Silent() throws IOException {
      Thread thread =
          new Thread(
              () -> {
                try {
                  while (true) {
                    accepted.add(server.accept());
                  }
                } catch (IOException e) {
                  return; // closed
                }
              });
      thread.setDaemon(true);
      thread.start();
    }

    String url() {
      return "http://localhost:" + server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  private static OtelSettings to(String url) {
    return OtelSettings.read(
        Map.of("otel.exporter.otlp.endpoint", url, "otel.exporter.zipkin.endpoint", url + "/api/v2/spans"), Map.of());
  }

  private static String nobody() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return "http://localhost:" + free.getLocalPort();
    }
  }

  private static Duration closing(Listener listener, Duration timeout) {
    long start = System.nanoTime();
    listener.close(timeout);
    return Duration.ofNanos(System.nanoTime() - start);
  }

  private static void give(Listener listener, int count) {
    for (int i = 0; i < count; i++) {
      listener.operation(Samples.map(Samples.SAMPLED, 1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"otlp", "zipkin"})
  void aCollectorThatRefusesCostsItsSpansAndSaysSoOnce(String exporter) throws Exception {
    FakeAgent agent = new FakeAgent("metrics.exporter=none;traces.exporter=" + exporter);
    try (Collector collector = new Collector()) {
      collector.status = 500;
      Listener listener = ExportingListener.create(agent, to(collector.url()));
      give(listener, 1500);
      assertThat(closing(listener, Duration.ofSeconds(20))).isLessThan(Duration.ofSeconds(20));
    }
    assertThat(agent.unattributed).containsExactly(Map.entry("export_failed", 1500L));
    assertThat(agent.failureCounts).containsExactly(Map.entry("export.traces", 1L));
    assertThat(agent.failures.get("export.traces")).hasMessageContaining("500");
  }

  @ParameterizedTest
  @ValueSource(strings = {"otlp", "zipkin"})
  void aCollectorThatNeverAnswersHoldsTheExitNoLongerThanAgreed(String exporter) throws Exception {
    FakeAgent agent = new FakeAgent("metrics.exporter=none;traces.exporter=" + exporter);
    try (Silent silent = new Silent()) {
      Listener listener = ExportingListener.create(agent, to(silent.url()));
      give(listener, 700);
      assertThat(closing(listener, Duration.ofMillis(1500)))
          .isBetween(Duration.ofMillis(1400), Duration.ofSeconds(4));
    }
    assertThat(agent.unattributed).containsExactly(Map.entry("export_failed", 700L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"otlp", "zipkin"})
  void aCollectorThatIsDownDoesNotHoldTheExit(String exporter) throws Exception {
    FakeAgent agent = new FakeAgent("traces.exporter=" + exporter);
    Listener listener = ExportingListener.create(agent, to(nobody()));
    give(listener, 700);
    assertThat(closing(listener, Duration.ofSeconds(20))).isLessThan(Duration.ofSeconds(4));
    assertThat(agent.failures).containsOnlyKeys("export.traces", "export.metrics");
    assertThat(agent.failures.get("export.traces")).hasMessageContaining("cannot connect");
    assertThat(agent.unattributed).containsExactly(Map.entry("export_failed", 700L));
  }

  @Test
  void whatTheQueueCannotTakeIsCountedExactly() throws Exception {
    FakeAgent agent = new FakeAgent("metrics.exporter=none;queue.size=100");
    try (Silent silent = new Silent()) {
      Listener listener = ExportingListener.create(agent, to(silent.url()));
      long start = System.nanoTime();
      give(listener, 5000);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
      closing(listener, Duration.ofMillis(500));
    }
    assertThat(agent.count("export_queue_full")).isGreaterThan(4000);
    assertThat(agent.count("export_queue_full") + agent.count("export_failed")).isEqualTo(5000);
    assertThat(agent.unattributed).containsOnlyKeys("export_queue_full", "export_failed");
  }

  @Test
  void receivedAndDroppedAddUpWhileTheQueueOverflows() throws Exception {
    FakeAgent agent = new FakeAgent("metrics.exporter=none;queue.size=64");
    int received;
    try (Collector collector = new Collector()) {
      Listener listener = ExportingListener.create(agent, to(collector.url()));
      give(listener, 20_000);
      closing(listener, Duration.ofSeconds(10));
      received = collector.spans().size();
    }
    assertThat(agent.failures).isEmpty();
    assertThat(received).isPositive();
    assertThat(received + agent.count("export_queue_full")).isEqualTo(20_000);
  }

  /** Operations and kernel events in turn. */
  private static void giveBoth(Listener listener, int each) {
    KernelEvent slow = Samples.event(Samples.call(Syscall.REMAP_FILE_PAGES, 0, Samples.ADDRESS, 4096), Owner.NATIVE);
    for (int i = 0; i < each; i++) {
      listener.operation(Samples.map(Samples.SAMPLED, 1));
      listener.kernelEvent(slow);
    }
  }

  @Test
  void kernelEventsThatAreLostAreNoOperations() throws Exception {
    FakeAgent agent = new FakeAgent("metrics.exporter=none;queue.size=100");
    try (Silent silent = new Silent()) {
      Listener listener = ExportingListener.create(agent, to(silent.url()));
      giveBoth(listener, 3000);
      closing(listener, Duration.ofMillis(500));
      giveBoth(listener, 2);
    }
    for (String kind : List.of("", "_kernel_event")) {
      assertThat(agent.count("export_queue_full" + kind)).isGreaterThan(2000);
      assertThat(agent.count("export_failed" + kind)).isPositive();
      assertThat(agent.count("export_queue_full" + kind) + agent.count("export_failed" + kind)).isEqualTo(3000);
      assertThat(agent.count("export_closed" + kind)).isEqualTo(2);
    }
  }

  @Test
  void pageFaultsThatAreLostAreCountedApart() throws Exception {
    FakeAgent agent = new FakeAgent("metrics.exporter=none;queue.size=100");
    try (Silent silent = new Silent()) {
      Listener listener = ExportingListener.create(agent, to(silent.url()));
      for (int i = 0; i < 1500; i++) {
        listener.slowFault(FaultSamples.slow(Samples.SAMPLED));
        listener.stall(FaultSamples.stall());
      }
      closing(listener, Duration.ofMillis(500));
      listener.stall(FaultSamples.stall());
    }
    assertThat(agent.count("export_queue_full_fault") + agent.count("export_failed_fault")).isEqualTo(3000);
    assertThat(agent.unattributed)
        .containsOnlyKeys(
            "export_queue_full_fault", "export_failed_fault", "export_closed_fault");
    assertThat(agent.count("export_closed_fault")).isEqualTo(1);
  }

  @Test
  void spansAndLostOperationsAreAllOperations() throws Exception {
    FakeAgent agent = new FakeAgent("metrics.exporter=none;queue.size=64");
    List<String> received;
    try (Collector collector = new Collector()) {
      Listener listener = ExportingListener.create(agent, to(collector.url()));
      giveBoth(listener, 10_000);
      closing(listener, Duration.ofSeconds(10));
      received = collector.spans().stream().map(Span::getName).toList();
    }
    assertThat(agent.count("export_queue_full")).isPositive();
    assertThat(Collections.frequency(received, "FileChannel.map") + agent.count("export_queue_full")).isEqualTo(10_000);
    assertThat(Collections.frequency(received, "remap_file_pages") + agent.count("export_queue_full_kernel_event"))
        .isEqualTo(10_000);
  }

  @Test
  void everythingHeldIsSentAtTheEnd() throws Exception {
    FakeAgent agent = new FakeAgent("metrics.exporter=none");
    try (Collector collector = new Collector()) {
      Listener listener = ExportingListener.create(agent, to(collector.url()));
      give(listener, 10_000);
      closing(listener, Duration.ofSeconds(10));
      assertThat(collector.spans()).hasSize(10_000);
      assertThat(collector.traces)
          .allSatisfy(
              request -> assertThat(request.getResourceSpans(0).getScopeSpans(0).getSpansCount()).isBetween(1, 512));
      give(listener, 3);
    }
    assertThat(agent.unattributed).containsExactly(Map.entry("export_closed", 3L));
  }

  @Test
  void anAddressThatIsNoneIsSaidAndTheSpansAreCounted() {
    FakeAgent agent = new FakeAgent("metrics.exporter=none");
    Listener listener = ExportingListener.create(agent, to("nonsense"));
    give(listener, 5);
    closing(listener, Duration.ofSeconds(5));
    assertThat(agent.failures.get("export.traces")).hasMessageContaining("nonsense");
    assertThat(agent.unattributed).containsExactly(Map.entry("export_failed", 5L));
  }
}
