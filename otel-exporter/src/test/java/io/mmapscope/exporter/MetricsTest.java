package io.mmapscope.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.HookCounts;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.model.Syscall;
import io.mmapscope.agent.spi.Listener;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final FakeAgent agent = new FakeAgent("traces.exporter=none;callsites.max=2");

  private static OtelSettings settings(Collector collector, String interval) {
    return OtelSettings.read(
        Map.of("otel.exporter.otlp.endpoint", collector.url(), "otel.metric.export.interval", interval), Map.of());
  }

  private static CallSite site(int id) {
    return new CallSite(id, "com.acme.C" + id, "run", "C.java", 1);
  }

  private static Map<Map<String, Object>, HistogramDataPoint> points(Histogram histogram) {
    Map<Map<String, Object>, HistogramDataPoint> points = new HashMap<>();
    histogram
        .getDataPointsList()
        .forEach(point -> assertThat(points.put(Collector.attributes(point.getAttributesList()), point)).isNull());
    return points;
  }

  private static Map<Map<String, Object>, Long> values(List<NumberDataPoint> points) {
    Map<Map<String, Object>, Long> values = new HashMap<>();
    points.forEach(
        point -> assertThat(values.put(Collector.attributes(point.getAttributesList()), point.getAsInt())).isNull());
    return values;
  }

  private static Map<String, Object> operation(String name, String site, String error) {
    return Map.of("mmap.operation", name, "code.function.name", site, "error.type", error);
  }

  @Test
  void durationsAreCumulativeHistogramsInSecondsOneSeriesForEachSite() throws Exception {
    try (Collector collector = new Collector()) {
      Listener listener = ExportingListener.create(agent, settings(collector, "60000"));
      listener.operation(Samples.bare("FileChannel.map", 1_000, site(1), null));
      listener.operation(Samples.bare("FileChannel.map", 1_001, site(1), null));
      listener.operation(Samples.bare("FileChannel.map", 3_000_000, site(1), null));
      listener.operation(Samples.bare("FileChannel.map", 20_000_000_000L, site(1), null));
      listener.operation(Samples.bare("FileChannel.map", 500, site(1), "ENOMEM"));
      listener.operation(Samples.bare("FileChannel.map", 500, site(2), null));
      listener.operation(Samples.bare("FileChannel.map", 500, site(3), null));
      listener.operation(Samples.bare("FileChannel.map", 500, site(4), null));
      listener.operation(Samples.bare("FileChannel.unmap", 500, CallSite.UNKNOWN, null));
      listener.close(TIMEOUT);
      Metric metric = collector.lastMetrics().get("mmap.operation.duration");
      assertThat(metric.getUnit()).isEqualTo("s");
      assertThat(metric.getDescription()).isNotEmpty();
      assertThat(metric.getHistogram().getAggregationTemporality())
          .isEqualTo(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
      Map<Map<String, Object>, HistogramDataPoint> points = points(metric.getHistogram());
      assertThat(points)
          .containsOnlyKeys(
              operation("FileChannel.map", "com.acme.C1.run", "none"),
              operation("FileChannel.map", "com.acme.C1.run", "ENOMEM"),
              operation("FileChannel.map", "com.acme.C2.run", "none"),
              operation("FileChannel.map", "other", "none"),
              operation("FileChannel.unmap", "unknown", "none"));
      HistogramDataPoint point = points.get(operation("FileChannel.map", "com.acme.C1.run", "none"));
      assertThat(point.getCount()).isEqualTo(4);
      assertThat(point.getSum()).isEqualTo(20.003002001);
      assertThat(point.getExplicitBoundsList())
          .containsExactly(
              1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.2, 0.5,
              1.0, 2.0, 5.0, 10.0);
      assertThat(point.getBucketCountsList())
          .containsExactly(
              1L, 1L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 1L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 0L, 1L);
      assertThat(points.get(operation("FileChannel.map", "other", "none")).getCount()).isEqualTo(2);
      assertThat(point.getStartTimeUnixNano()).isPositive().isLessThan(point.getTimeUnixNano());
    }
    assertThat(agent.failures).isEmpty();
  }

  @Test
  void kernelCallsAreMeasuredByCallOwnerAndError() throws Exception {
    try (Collector collector = new Collector()) {
      Listener listener = ExportingListener.create(agent, settings(collector, "60000"));
      listener.operation(Samples.map(null, 10_000));
      listener.operation(Samples.map(null, 10_000));
      KernelCall refused = Samples.call(Syscall.MUNMAP, -22, 0x1001, 4096);
      listener.kernelEvent(Samples.event(refused, Owner.NATIVE));
      listener.kernelEvent(Samples.event(Samples.mmap(), Owner.JVM));
      listener.kernelEvent(Samples.event(Samples.mmap(), Owner.AGENT));
      listener.close(TIMEOUT);
      Metric metric = collector.lastMetrics().get("mmap.kernel.call.duration");
      assertThat(metric.getUnit()).isEqualTo("s");
      Map<Map<String, Object>, Long> counts = new HashMap<>();
      points(metric.getHistogram()).forEach((tags, point) -> counts.put(tags, point.getCount()));
      assertThat(counts)
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  Map.of("mmap.syscall", "mmap", "mmap.owner", "application", "error.type", "none"), 2L,
                  Map.of("mmap.syscall", "munmap", "mmap.owner", "native", "error.type", "EINVAL"), 1L,
                  Map.of("mmap.syscall", "mmap", "mmap.owner", "jvm", "error.type", "none"), 1L,
                  Map.of("mmap.syscall", "mmap", "mmap.owner", "agent", "error.type", "none"), 1L));
    }
  }

  private static Map<String, Object> mapped(String site, String extension, String owner) {
    return Map.of("code.function.name", site, "file.extension", extension, "mmap.owner", owner);
  }

  @Test
  void whatIsMappedIsSummedAndWhatIsGoneGoesAway() throws Exception {
    agent.mappings =
        List.of(
            Samples.mapping(4096, "/data/_0.cfs", site(1), Owner.APPLICATION),
            Samples.mapping(8192, "/data/_1.cfs", site(1), Owner.APPLICATION),
            Samples.mapping(4096, null, CallSite.UNKNOWN, Owner.JVM));
    try (Collector collector = new Collector()) {
      Listener listener = ExportingListener.create(agent, settings(collector, "100"));
      await(collector, 1);
      System.gc(); // gauges hold what they measure weakly, if one is not careful
      await(collector, 3);
      assertThat(collector.lastMetrics().get("mmap.mapped.size").getUnit()).isEqualTo("By");
      assertThat(values(collector.lastMetrics().get("mmap.mapped.size").getGauge().getDataPointsList()))
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  mapped("com.acme.C1.run", "cfs", "application"), 12288L, mapped("unknown", "none", "jvm"), 4096L));
      assertThat(collector.lastMetrics().get("mmap.mappings").getUnit()).isEqualTo("{mapping}");
      assertThat(values(collector.lastMetrics().get("mmap.mappings").getGauge().getDataPointsList()))
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(mapped("com.acme.C1.run", "cfs", "application"), 2L, mapped("unknown", "none", "jvm"), 1L));
      assertThat(values(collector.lastMetrics().get("mmap.limit").getGauge().getDataPointsList()))
          .containsExactly(Map.entry(Map.of(), 65530L));

      agent.mappings = List.of(Samples.mapping(4096, null, CallSite.UNKNOWN, Owner.JVM));
      listener.close(TIMEOUT);
      assertThat(values(collector.lastMetrics().get("mmap.mapped.size").getGauge().getDataPointsList()))
          .containsOnlyKeys(mapped("unknown", "none", "jvm"));
    }
    assertThat(agent.failures).isEmpty();
  }

  private static void await(Collector collector, int posts) throws InterruptedException {
    long end = System.nanoTime() + TIMEOUT.toNanos();
    while (collector.metrics.size() < posts && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assertThat(collector.metrics).hasSizeGreaterThanOrEqualTo(posts);
  }

  @Test
  void theAgentCountsItself() throws Exception {
    agent.hookCounts.add(new HookCounts("mmap", 10, 6, 3, 1));
    agent.unattributed("ring_full", 7);
    agent.failureCounts.put("advice", 2L);
    try (Collector collector = new Collector()) {
      Listener listener = ExportingListener.create(agent, settings(collector, "100"));
      await(collector, 1);
      agent.hookCounts.set(0, new HookCounts("mmap", 23, 14, 5, 1));
      agent.unattributed("ring_full", 1);
      agent.unattributed("late", 1);
      listener.close(TIMEOUT);
      Map<String, Metric> metrics = collector.lastMetrics();
      assertThat(metrics.get("mmapscope.kernel.events").getUnit()).isEqualTo("{event}");
      assertThat(metrics.get("mmapscope.kernel.events").getSum().getIsMonotonic()).isTrue();
      assertThat(metrics.get("mmapscope.kernel.events").getSum().getAggregationTemporality())
          .isEqualTo(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
      assertThat(values(metrics.get("mmapscope.kernel.events").getSum().getDataPointsList()))
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  Map.of("hook", "mmap", "fate", "joined"), 14L,
                  Map.of("hook", "mmap", "fate", "sent"), 5L,
                  Map.of("hook", "mmap", "fate", "lost"), 1L));
      assertThat(metrics.get("mmapscope.kernel.seen").getUnit()).isEqualTo("{event}");
      assertThat(metrics.get("mmapscope.kernel.seen").getSum().getIsMonotonic()).isTrue();
      assertThat(values(metrics.get("mmapscope.kernel.seen").getSum().getDataPointsList()))
          .containsExactly(Map.entry(Map.of("hook", "mmap"), 23L));
      assertThat(values(metrics.get("mmapscope.unattributed").getSum().getDataPointsList()))
          .containsExactlyInAnyOrderEntriesOf(Map.of(Map.of("reason", "ring_full"), 8L, Map.of("reason", "late"), 1L));
      assertThat(values(metrics.get("mmapscope.failures").getSum().getDataPointsList()))
          .containsExactly(Map.entry(Map.of("where", "advice"), 2L));
    }
  }

  @Test
  void aLimitThatCannotBeReadIsNotReported() throws Exception {
    agent.maxMapCount = -1;
    try (Collector collector = new Collector()) {
      Listener listener = ExportingListener.create(agent, settings(collector, "60000"));
      listener.operation(Samples.map(null, 1));
      listener.close(TIMEOUT);
      assertThat(collector.lastMetrics()).doesNotContainKey("mmap.limit").containsKey("mmap.operation.duration");
    }
  }

  @Test
  void aCollectorThatNeverAnswersHoldsTheExitNoLongerThanAgreed() throws Exception {
    FakeAgent both = new FakeAgent("");
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      OtelSettings settings =
          OtelSettings.read(
              Map.of("otel.exporter.otlp.endpoint", "http://localhost:" + silent.getLocalPort()), Map.of());
      Listener listener = ExportingListener.create(both, settings);
      listener.operation(Samples.map(Samples.SAMPLED, 10));
      long start = System.nanoTime();
      listener.close(Duration.ofMillis(1500));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
    }
    assertThat(both.unattributed).containsExactly(Map.entry("export_failed", 1L));
  }

  @Test
  void lostSpansAreInTheLastMetrics() throws Exception {
    FakeAgent both = new FakeAgent("");
    try (Collector collector = new Collector();
        ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      OtelSettings settings =
          OtelSettings.read(
              Map.of(
                  "otel.exporter.otlp.endpoint", collector.url(),
                  "otel.exporter.otlp.traces.endpoint", "http://localhost:" + silent.getLocalPort() + "/v1/traces"),
              Map.of());
      Listener listener = ExportingListener.create(both, settings);
      for (int i = 0; i < 5; i++) {
        listener.operation(Samples.map(Samples.SAMPLED, 10));
      }
      listener.close(Duration.ofSeconds(6));
      assertThat(values(collector.lastMetrics().get("mmapscope.unattributed").getSum().getDataPointsList()))
          .containsExactly(Map.entry(Map.of("reason", "export_failed"), 5L));
    }
  }
}
