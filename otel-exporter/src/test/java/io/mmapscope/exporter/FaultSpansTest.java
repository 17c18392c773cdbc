package io.mmapscope.exporter;

import static io.mmapscope.exporter.Collector.attributes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mmapscope.agent.spi.Listener;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultSpansTest {

  private static final ByteString TRACE =
      ByteString.copyFrom(HexFormat.of().parseHex("01020304050607081112131415161718"));
  private static final ByteString PARENT = ByteString.copyFrom(HexFormat.of().parseHex("0000000000000021"));

  private static Span exported(String settings, Consumer<Listener> seen) throws Exception {
    FakeAgent agent = new FakeAgent("metrics.exporter=none" + settings);
    try (Collector collector = new Collector()) {
      Listener listener = ExportingListener.create(agent, collector.settings());
      seen.accept(listener);
      listener.close(Duration.ofSeconds(10));
      assertThat(agent.failures).isEmpty();
      assertThat(agent.unattributed).isEmpty();
      assertThat(collector.spans()).hasSize(1);
      return collector.spans().get(0);
    }
  }

  @Test
  void aSlowFaultIsAChildOfTheApplicationsSpanWithAllThatIsKnown() throws Exception {
    Span span = exported("", listener -> listener.slowFault(FaultSamples.slow(Samples.SAMPLED)));
    assertThat(span.getName()).isEqualTo("page_fault");
    assertThat(span.getTraceId()).isEqualTo(TRACE);
    assertThat(span.getParentSpanId()).isEqualTo(PARENT);
    assertThat(span.getStartTimeUnixNano()).isEqualTo(FakeAgent.EPOCH + 2_000_000);
    assertThat(span.getEndTimeUnixNano()).isEqualTo(FakeAgent.EPOCH + 52_000_000);
    assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
    assertThat(span.getEventsList()).isEmpty();
    assertThat(attributes(span.getAttributesList()))
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("mmap.address", "0x7f1200002011"),
                Map.entry("mmap.length", 65536L),
                Map.entry("mmap.offset", 12288L),
                Map.entry("mmap.memory", "file"),
                Map.entry("mmap.fault.mode", "user"),
                Map.entry("system.paging.fault.type", "major"),
                Map.entry("mmap.faults.minor", 0L),
                Map.entry("mmap.faults.major", 1L),
                Map.entry("mmap.faults.duration", 0.05),
                Map.entry("mmap.origin.function.name", "com.acme.Store.open"),
                Map.entry("mmap.origin.line.number", 42L),
                Map.entry("file.path", "/var/lib/acme/_0.cfs"),
                Map.entry("file.size", 70_000L),
                Map.entry("code.function.name", "com.acme.Reader.read"),
                Map.entry("code.file.path", "Reader.java"),
                Map.entry("code.line.number", 7L),
                Map.entry(
                    "code.stacktrace",
                    "\tat com.acme.Reader.read(Reader.java:7)\n\tat com.acme.Main.main(Main.java:9)"),
                Map.entry("thread.id", 31L),
                Map.entry("thread.name", "worker-1")));
  }

  @Test
  void whatIsUnknownOfASlowFaultIsAbsentAndItsTraceItsOwn() throws Exception {
    Span span = exported("", listener -> listener.slowFault(FaultSamples.bare()));
    assertThat(span.getParentSpanId()).isEqualTo(ByteString.EMPTY);
    assertThat(attributes(span.getAttributesList()))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "mmap.address", "0x7f1200002000",
                "mmap.fault.mode", "kernel",
                "system.paging.fault.type", "minor",
                "mmap.faults.minor", 1L,
                "mmap.faults.major", 0L,
                "mmap.faults.duration", 0.003,
                "thread.id", 4242L,
                "thread.name", "native-worker"));
  }

  @Test
  void aFileTruncatedUnderItsReaderIsAnErrorThatNamesIt() throws Exception {
    Span span = exported("", listener -> listener.slowFault(FaultSamples.sigbus(Samples.SAMPLED)));
    assertThat(span.getName()).isEqualTo("page_fault");
    assertThat(span.getParentSpanId()).isEqualTo(PARENT);
    assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
    assertThat(attributes(span.getAttributesList()))
        .containsEntry("error.type", "SIGBUS")
        .containsEntry("file.size", 4096L)
        .containsEntry("mmap.offset", 12288L)
        .containsEntry("code.function.name", "com.acme.Reader.read")
        .doesNotContainKeys("system.paging.fault.type", "mmap.faults.minor", "mmap.faults.major");
    assertThat(span.getEventsList()).hasSize(1);
    assertThat(span.getEvents(0).getName()).isEqualTo("mmap.sigbus");
    assertThat(span.getEvents(0).getTimeUnixNano()).isEqualTo(span.getStartTimeUnixNano());
    assertThat(attributes(span.getEvents(0).getAttributesList()))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "mmap.address", "0x7f1200002011",
                "mmap.offset", 12288L,
                "file.path", "/var/lib/acme/_0.cfs",
                "file.size", 4096L,
                "mmap.file.size.mapped", 70_000L,
                "mmap.origin.function.name", "com.acme.Store.open",
                "mmap.origin.line.number", 42L));
  }

  @Test
  void whatASpanWaitedForIsItsChildFileByFile() throws Exception {
    Span span = exported("", listener -> listener.stall(FaultSamples.stall()));
    assertThat(span.getName()).isEqualTo("page_faults");
    assertThat(span.getTraceId()).isEqualTo(TRACE);
    assertThat(span.getParentSpanId()).isEqualTo(PARENT);
    assertThat(span.getStartTimeUnixNano()).isEqualTo(FakeAgent.EPOCH + 3_000_000);
    assertThat(span.getEndTimeUnixNano()).isEqualTo(FakeAgent.EPOCH + 63_000_000);
    assertThat(attributes(span.getAttributesList()))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "mmap.faults.minor", 5L,
                "mmap.faults.major", 13L,
                "mmap.faults.duration", 0.0513,
                "mmap.faults.files", List.of("_1p.fdt 12 faults 48.2 ms", "_0.cfs 1 fault 3.0 ms")));
    assertThat(span.getEventsList()).allSatisfy(event -> assertThat(event.getName()).isEqualTo("page_faults.file"));
    assertThat(span.getEventsList())
        .allSatisfy(event -> assertThat(event.getTimeUnixNano()).isEqualTo(span.getStartTimeUnixNano()));
    assertThat(span.getEventsList())
        .extracting(event -> attributes(event.getAttributesList()))
        .containsExactly(
            Map.of(
                "file.path", "/var/lib/acme/_1p.fdt",
                "mmap.faults", 12L,
                "mmap.faults.duration", 0.0482,
                "mmap.origin.function.name", "com.acme.Store.open",
                "mmap.origin.line.number", 42L),
            Map.of("file.path", "/var/lib/acme/_0.cfs", "mmap.faults", 1L, "mmap.faults.duration", 0.003));
  }

  // printf %s /var/lib/acme/_1p.fdt | sha256sum
  @ParameterizedTest
  @CsvSource({"name,_1p.fdt 12 faults 48.2 ms", "hash,3700b37dce8283e9 12 faults 48.2 ms", "none,12 faults 48.2 ms"})
  void pathsLeaveTheProcessAsTheSettingLets(String mode, String line) throws Exception {
    Span stall = exported(";file.paths=" + mode, listener -> listener.stall(FaultSamples.stall()));
    Span slow = exported(";file.paths=" + mode, listener -> listener.slowFault(FaultSamples.slow(null)));
    Span sigbus = exported(";file.paths=" + mode, listener -> listener.slowFault(FaultSamples.sigbus(null)));
    assertThat(attributes(stall.getAttributesList()).get("mmap.faults.files").toString()).startsWith("[" + line);
    assertThat(stall + "" + slow + sigbus).doesNotContain("/var/lib/acme");
    assertThat((stall + "" + slow + sigbus).contains("_0.cfs")).isEqualTo(mode.equals("name"));
  }
}
