package io.mmapscope.exporter;

import static io.mmapscope.exporter.Collector.attributes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.FaultPlace;
import io.mmapscope.agent.model.FaultTotal;
import io.mmapscope.agent.model.FaultTotal.Mode;
import io.mmapscope.agent.model.Level;
import io.mmapscope.agent.model.LockWait;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Memory;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.model.TraceContext;
import io.mmapscope.agent.spi.Listener;
import io.opentelemetry.proto.metrics.v1.Exemplar;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class FaultMetricsTest {

  private final FakeAgent agent = new FakeAgent("traces.exporter=none");

  private Map<String, Metric> exported(Consumer<Listener> seen) throws Exception {
    try (Collector collector = new Collector()) {
      Listener listener = ExportingListener.create(agent, collector.settings());
      seen.accept(listener);
      listener.close(Duration.ofSeconds(10));
      assertThat(agent.failures).isEmpty();
      return collector.lastMetrics();
    }
  }

  private static Map<Map<String, Object>, Long> counts(Metric histogram) {
    Map<Map<String, Object>, Long> counts = new HashMap<>();
    histogram.getHistogram().getDataPointsList()
        .forEach(point -> counts.put(attributes(point.getAttributesList()), point.getCount()));
    return counts;
  }

  private static Map<Map<String, Object>, Long> values(Metric sumOrGauge) {
    Map<Map<String, Object>, Long> values = new HashMap<>();
    sumOrGauge.getSum().getDataPointsList()
        .forEach(point -> values.put(attributes(point.getAttributesList()), point.getAsInt()));
    sumOrGauge.getGauge().getDataPointsList()
        .forEach(point -> values.put(attributes(point.getAttributesList()), point.getAsInt()));
    return values;
  }

  private static Map<String, Object> tags(
      String type, String mode, String site, String extension, String owner, String memory) {
    return Map.of(
        "system.paging.fault.type", type, "mmap.fault.mode", mode, "code.function.name", site,
        "file.extension", extension, "mmap.owner", owner, "mmap.memory", memory);
  }

  @Test
  void totalsAreCountedWhereNoMoreIsKnown() throws Exception {
    agent.level = Level.PERF;
    agent.faultTotals =
        List.of(
            new FaultTotal(false, Mode.USER, 1000),
            new FaultTotal(false, Mode.KERNEL, 20),
            new FaultTotal(true, Mode.UNKNOWN, 3));
    Map<String, Metric> metrics = exported(listener -> {});
    assertThat(values(metrics.get("mmap.faults")))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                tags("minor", "user", "unknown", "unknown", "unknown", "unknown"), 1000L,
                tags("minor", "kernel", "unknown", "unknown", "unknown", "unknown"), 20L,
                tags("major", "unknown", "unknown", "unknown", "unknown", "unknown"), 3L));
    assertThat(metrics).doesNotContainKey("mmap.fault.duration");
    assertThat(values(metrics.get("mmapscope.level"))).containsExactly(Map.entry(Map.of("level", "perf"), 1L));
  }

  @Test
  void faultsAreCountedAndTimedByWhatIsMappedThere() throws Exception {
    FaultPlace cfs = FaultSamples.CFS;
    FaultPlace another =
        new FaultPlace(9_999, cfs.callSite(), cfs.owner(), cfs.memory(), "cfs");
    FaultPlace heap = new FaultPlace(2, CallSite.UNKNOWN, Owner.JVM, Memory.JAVA_HEAP, "none");
    Map<String, Metric> metrics =
        exported(
            listener -> {
              for (int i = 0; i < 1000; i++) {
                listener.pageFault(cfs, false, false, 700, null);
              }
              listener.pageFault(cfs, true, false, 5_000_000, null);
              listener.pageFault(cfs, true, true, 6_000_000, null);
              listener.pageFault(another, false, false, 700, null);
              listener.pageFault(heap, false, false, 900, null);
              listener.pageFault(FaultSamples.UNCERTAIN, false, false, 900, null);
            });
    Map<Map<String, Object>, Long> expected =
        Map.of(
            tags("minor", "user", "com.acme.Store.open", "cfs", "application", "file"), 1001L,
            tags("major", "user", "com.acme.Store.open", "cfs", "application", "file"), 1L,
            tags("major", "kernel", "com.acme.Store.open", "cfs", "application", "file"), 1L,
            tags("minor", "user", "unknown", "none", "jvm", "java_heap"), 1L,
            tags("minor", "user", "unknown", "none", "unknown", "unknown"), 1L);
    assertThat(counts(metrics.get("mmap.fault.duration"))).containsExactlyInAnyOrderEntriesOf(expected);
    assertThat(metrics.get("mmap.fault.duration").getUnit()).isEqualTo("s");
    assertThat(values(metrics.get("mmap.faults"))).containsExactlyInAnyOrderEntriesOf(expected);
    assertThat(metrics.get("mmap.faults").getUnit()).isEqualTo("{fault}");
    assertThat(metrics.get("mmap.faults").getSum().getIsMonotonic()).isTrue();
  }

  @Test
  void aSlowFaultAmongManyFastOnesIsAnExemplarOnce() throws Exception {
    TraceContext other = new TraceContext(1, 2, 3, true);
    try (Collector collector = new Collector()) {
      OtelSettings settings =
          OtelSettings.read(
              Map.of("otel.exporter.otlp.endpoint", collector.url(), "otel.metric.export.interval", "100"), Map.of());
      Listener listener = ExportingListener.create(agent, settings);
      for (int i = 0; i < 100_000; i++) {
        listener.pageFault(FaultSamples.CFS, true, false, 700, null);
      }
      listener.pageFault(FaultSamples.CFS, true, false, 4_000_000, other);
      listener.pageFault(FaultSamples.CFS, true, false, 5_000_000, Samples.SAMPLED);
      listener.pageFault(FaultSamples.CFS, true, false, 50_000_000, other);
      List<Exemplar> exemplars = new ArrayList<>();
      long end = System.nanoTime() + 10_000_000_000L;
      while (exemplars.isEmpty() && System.nanoTime() < end) {
        Thread.sleep(20);
        exemplars.addAll(exemplars(collector));
      }
      listener.close(Duration.ofSeconds(10));
      assertThat(exemplars)
          .extracting(exemplar -> hex(exemplar.getTraceId()) + " " + hex(exemplar.getSpanId()))
          .containsExactly(
              "01020304050607081112131415161718 0000000000000021", "00000000000000010000000000000002 0000000000000003");
      assertThat(exemplars).extracting(Exemplar::getAsDouble).containsExactly(0.005, 0.05);
      assertThat(exemplars).allSatisfy(exemplar -> assertThat(exemplar.getTimeUnixNano()).isPositive());
      assertThat(exemplars).allSatisfy(exemplar -> assertThat(exemplar.getFilteredAttributesList()).isEmpty());
      long sent =
          collector.metrics.stream().mapToLong(request -> request.toString().split("exemplars", -1).length - 1).sum();
      assertThat(sent).isEqualTo(2);
    }
  }

  private static List<Exemplar> exemplars(Collector collector) {
    List<Exemplar> exemplars = new ArrayList<>();
    if (!collector.metrics.isEmpty() && collector.lastMetrics().containsKey("mmap.fault.duration")) {
      collector.lastMetrics().get("mmap.fault.duration").getHistogram().getDataPointsList()
          .forEach(point -> exemplars.addAll(point.getExemplarsList()));
    }
    return exemplars;
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  @Test
  void waitsForTheLockAreTimedByWhatItWasWantedFor() throws Exception {
    Metric metric =
        exported(
                listener -> {
                  listener.lockWait(new LockWait("munmap", Samples.OPEN, 4_000_000));
                  listener.lockWait(new LockWait("page_fault", Samples.OPEN, 1_000));
                  listener.lockWait(new LockWait("page_fault", Samples.OPEN, 2_000));
                  listener.lockWait(new LockWait("page_fault", CallSite.UNKNOWN, 3_000));
                })
            .get("mmap.lock.wait.duration");
    assertThat(metric.getUnit()).isEqualTo("s");
    assertThat(counts(metric))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                Map.of("mmap.activity", "munmap", "code.function.name", "com.acme.Store.open"), 1L,
                Map.of("mmap.activity", "page_fault", "code.function.name", "com.acme.Store.open"), 2L,
                Map.of("mmap.activity", "page_fault", "code.function.name", "unknown"), 1L));
  }

  @Test
  void whatIsResidentIsSummedWhereItWasSampled() throws Exception {
    Mapping first = Samples.mapping(8192, "/data/_0.cfs", Samples.OPEN, Owner.APPLICATION);
    Mapping second = Samples.mapping(16384, "/data/_1.cfs", Samples.OPEN, Owner.APPLICATION);
    Mapping evicted = Samples.mapping(4096, "/data/_1.fdt", Samples.OPEN, Owner.APPLICATION);
    Mapping notYet = Samples.mapping(20480, "/data/_1.cfs", Samples.OPEN, Owner.APPLICATION);
    agent.mappings =
        List.of(first, second, evicted, notYet, Samples.mapping(4096, null, CallSite.UNKNOWN, Owner.JVM));
    agent.resident.putAll(Map.of(first, 4096L, second, 12288L, evicted, 0L));
    Metric metric = exported(listener -> {}).get("mmap.resident.size");
    assertThat(metric.getUnit()).isEqualTo("By");
    Map<String, Object> cfs =
        Map.of(
            "code.function.name", "com.acme.Store.open", "file.extension", "cfs", "mmap.owner", "application");
    Map<String, Object> fdt = new HashMap<>(cfs);
    fdt.put("file.extension", "fdt");
    assertThat(values(metric)).containsExactlyInAnyOrderEntriesOf(Map.of(cfs, 16384L, fdt, 0L));
  }

  @Test
  void nothingSampledIsNoMetric() throws Exception {
    agent.mappings = List.of(Samples.mapping(8192, "/data/_0.cfs", Samples.OPEN, Owner.APPLICATION));
    assertThat(exported(listener -> {})).containsKey("mmap.mapped.size").doesNotContainKey("mmap.resident.size");
  }
}
