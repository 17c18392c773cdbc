package io.mmapscope.exporter;

import static io.mmapscope.exporter.Collector.attributes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.KernelEvent;
import io.mmapscope.agent.model.Operation;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.model.Syscall;
import io.mmapscope.agent.spi.Listener;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SpanExportTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final FakeAgent agent = new FakeAgent("metrics.exporter=none");
  private Collector collector;
  private Listener listener;

  @BeforeEach
  void listen() throws Exception {
    collector = new Collector();
    listener = ExportingListener.create(agent, collector.settings());
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  private List<Span> exported() {
    listener.close(TIMEOUT);
    assertThat(agent.failures).isEmpty();
    assertThat(agent.unattributed).isEmpty();
    return collector.spans();
  }

  private Span theOne() {
    List<Span> spans = exported();
    assertThat(spans).hasSize(1);
    return spans.get(0);
  }

  private static ByteString bytes(String hex) {
    return ByteString.copyFrom(HexFormat.of().parseHex(hex));
  }

  @Test
  void anOperationIsAChildOfTheApplicationsSpanWithAllThatIsKnown() {
    listener.operation(Samples.map(Samples.SAMPLED, 10_000));
    Span span = theOne();

    assertThat(span.getName()).isEqualTo("FileChannel.map");
    assertThat(span.getKind()).isEqualTo(Span.SpanKind.SPAN_KIND_INTERNAL);
    assertThat(span.getTraceId()).isEqualTo(bytes("01020304050607081112131415161718"));
    assertThat(span.getParentSpanId()).isEqualTo(bytes("0000000000000021"));
    assertThat(span.getStartTimeUnixNano()).isEqualTo(FakeAgent.EPOCH + 1_000_000);
    assertThat(span.getEndTimeUnixNano()).isEqualTo(FakeAgent.EPOCH + 1_010_000);
    assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_UNSET);
    assertThat(attributes(span.getAttributesList()))
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("mmap.address", "0x7f1200000000"),
                Map.entry("mmap.length", 65536L),
                Map.entry("mmap.offset", 4096L),
                Map.entry("mmap.mode", "READ_ONLY"),
                Map.entry("mmap.kernel.calls", 1L),
                Map.entry("mmap.kernel.duration", 2e-6),
                Map.entry("mmap.faults.minor", 3L),
                Map.entry("mmap.faults.major", 1L),
                Map.entry("mmap.faults.duration", 9e-6),
                Map.entry("file.path", "/var/lib/acme/_0.cfs"),
                Map.entry("file.size", 70_000L),
                Map.entry("code.function.name", "com.acme.Store.open"),
                Map.entry("code.file.path", "Store.java"),
                Map.entry("code.line.number", 42L),
                Map.entry(
                    "code.stacktrace",
                    "\tat com.acme.Store.open(Store.java:42)\n\tat com.acme.Main.main(Main.java:9)"),
                Map.entry("thread.id", 31L),
                Map.entry("thread.name", "worker-1")));
    assertThat(span.getEventsList()).hasSize(1);
    Span.Event event = span.getEvents(0);
    assertThat(event.getName()).isEqualTo("mmap");
    assertThat(event.getTimeUnixNano()).isEqualTo(FakeAgent.EPOCH + 1_000_500);
    assertThat(attributes(event.getAttributesList()))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "mmap.syscall.args", "addr=NULL, length=65536, prot=PROT_READ, flags=MAP_SHARED, fd=3, offset=0",
                "mmap.syscall.result", "0x7f1200000000",
                "mmap.syscall.duration", 2e-6));
  }

  @Test
  void whatIsUnknownIsAbsent() {
    listener.operation(Samples.bare("Db.open", 2_000_000, CallSite.UNKNOWN, null));
    Span span = theOne();
    assertThat(attributes(span.getAttributesList())).containsOnlyKeys("thread.id", "thread.name");
    assertThat(span.getEventsList()).isEmpty();
  }

  @Test
  void anErrorIsSaidWithItsType() {
    listener.operation(Samples.bare("FileChannel.map", 2_000_000, Samples.OPEN, "ENOMEM"));
    Span span = theOne();
    assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
    assertThat(attributes(span.getAttributesList())).containsEntry("error.type", "ENOMEM");
  }

  @Test
  void outsideASampledTraceOnlySlowOperationsAreSpansAndRootsOfTheirOwn() {
    listener.operation(Samples.map(null, 999_999));
    listener.operation(Samples.map(Samples.UNSAMPLED, 999_999));
    listener.operation(Samples.map(null, 1_000_000));
    listener.operation(Samples.map(Samples.UNSAMPLED, 1_000_000));
    List<Span> spans = exported();
    assertThat(spans).hasSize(2);
    assertThat(spans).allSatisfy(span -> assertThat(span.getParentSpanId()).isEqualTo(ByteString.EMPTY));
    assertThat(spans.get(0).getTraceId()).isNotEqualTo(spans.get(1).getTraceId());
    assertThat(spans)
        .noneSatisfy(span -> assertThat(span.getTraceId()).isEqualTo(bytes(Samples.UNSAMPLED.traceId())));
  }

  @Test
  void aSlowKernelCallOutsideAnyOperationIsASpanAndTheAgentsNever() {
    KernelCall fast = Samples.mmap();
    KernelCall slow =
        new KernelCall(
            Syscall.MSYNC, 7_000, 1_500_000, List.of(Samples.ADDRESS, 8192L, 4L, 0L, 0L, 0L), -5, 4242,
            Samples.FILE, 99_000, null, -1, KernelCall.FLAG_FILE);
    listener.kernelEvent(Samples.event(fast, Owner.NATIVE));
    listener.kernelEvent(Samples.event(slow, Owner.AGENT));
    listener.kernelEvent(Samples.event(slow, Owner.NATIVE));
    Span span = theOne();
    assertThat(span.getName()).isEqualTo("msync");
    assertThat(span.getParentSpanId()).isEqualTo(ByteString.EMPTY);
    assertThat(span.getEndTimeUnixNano() - span.getStartTimeUnixNano()).isEqualTo(1_500_000);
    assertThat(span.getStatus().getCode()).isEqualTo(Status.StatusCode.STATUS_CODE_ERROR);
    assertThat(attributes(span.getAttributesList()))
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("mmap.address", "0x7f1200000000"),
                Map.entry("mmap.length", 8192L),
                Map.entry("mmap.offset", 12288L),
                Map.entry("mmap.kernel.calls", 1L),
                Map.entry("mmap.kernel.duration", 1.5e-3),
                Map.entry("mmap.origin.function.name", "com.acme.Store.open"),
                Map.entry("mmap.origin.line.number", 42L),
                Map.entry("file.path", "/data/db.mdb"),
                Map.entry("file.size", 99_000L),
                Map.entry("thread.id", 4242L),
                Map.entry("thread.name", "native-worker"),
                Map.entry("error.type", "EIO")));
    assertThat(attributes(span.getEvents(0).getAttributesList()))
        .containsEntry("mmap.syscall.args", "addr=0x7f1200000000, length=8192, flags=MS_SYNC")
        .containsEntry("mmap.syscall.result", "EIO");
  }

  @Test
  void remapFilePagesIsAlwaysASpan() {
    int flags = KernelCall.FLAG_BEFORE | KernelCall.FLAG_AFTER_NONE;
    KernelCall call =
        Samples.call(
            Syscall.REMAP_FILE_PAGES, -22, flags, null, -1, Samples.FILE, 1 << 20, Samples.ADDRESS, 8192, 0, 3, 0);
    listener.kernelEvent(new KernelEvent(call, Owner.NATIVE, "t", null, 0, -1, -1, Samples.OPEN));
    Span span = theOne();
    assertThat(span.getName()).isEqualTo("remap_file_pages");
    assertThat(attributes(span.getAttributesList()))
        .containsEntry("mmap.address", "0x7f1200000000")
        .containsEntry("mmap.length", 8192L)
        .containsEntry("mmap.offset", 12288L)
        .containsEntry("mmap.remap.pgoff", 3L)
        .containsEntry("mmap.remap.change", "range_gone")
        .containsEntry("mmap.origin.function.name", "com.acme.Store.open")
        .containsEntry("error.type", "EINVAL");
    assertThat(attributes(span.getEvents(0).getAttributesList()))
        .containsEntry("mmap.syscall.args", "addr=0x7f1200000000, size=8192, prot=PROT_NONE, pgoff=3, flags=0");
  }

  @Test
  void remapFilePagesWithinAnOperationIsItsEventAndItsAttributes() {
    int flags = KernelCall.FLAG_BEFORE | KernelCall.FLAG_FILE;
    KernelCall call =
        Samples.call(
            Syscall.REMAP_FILE_PAGES, 0, flags, Samples.FILE, 1 << 20, Samples.FILE, 1 << 20,
            Samples.ADDRESS, 4096, 0, 5, 0);
    listener.operation(Samples.library(call));
    Span span = theOne();
    assertThat(span.getName()).isEqualTo("Db.remap");
    assertThat(attributes(span.getAttributesList()))
        .containsEntry("mmap.address", "0x7f1200000000")
        .containsEntry("mmap.length", 4096L)
        .containsEntry("mmap.offset", 20480L)
        .containsEntry("mmap.remap.pgoff", 5L)
        .containsEntry("code.function.name", "com.acme.Reader.read")
        .containsEntry("mmap.origin.function.name", "com.acme.Store.open")
        .doesNotContainKey("mmap.remap.change");
    assertThat(span.getEventsList()).singleElement().satisfies(
        event -> assertThat(event.getName()).isEqualTo("remap_file_pages"));
  }

  @Test
  void theResourceAndTheScopeSayWhoseSpansTheyAre() {
    listener.operation(Samples.map(Samples.SAMPLED, 1));
    exported();
    ResourceSpans sent = collector.traces.get(0).getResourceSpans(0);
    Resource resource = sent.getResource();
    assertThat(attributes(resource.getAttributesList()))
        .containsEntry("service.name", "unknown_service:java")
        .containsEntry("process.pid", ProcessHandle.current().pid())
        .containsEntry("telemetry.sdk.name", "opentelemetry")
        .containsKey("host.name");
    assertThat(sent.getScopeSpans(0).getScope().getName()).isEqualTo("mmapscope");
    assertThat(sent.getScopeSpans(0).getScope().getVersion()).isEqualTo("1.2.3");
  }

  @Test
  void manyCallsOfOneOperationAreAllThere() {
    List<KernelCall> calls = Collections.nCopies(1000, Samples.mmap());
    Operation one = Samples.library(Samples.mmap());
    listener.operation(
        new Operation(
            one.kind(), one.name(), one.startNanos(), one.endNanos(), one.threadId(), one.threadName(),
            one.callSite(), one.stack(), one.trace(), one.address(), one.lengthBytes(), one.offsetBytes(),
            one.mode(), one.path(), one.fileSize(), one.errorType(),
            new Operation.Kernel(calls, 1000, 5), one.faults(), one.origin()));
    assertThat(theOne().getEventsList()).hasSize(1000);
  }

  @Test
  void aSpanGoesOutWithinASecondOrSo() throws Exception {
    listener.operation(Samples.map(Samples.SAMPLED, 1));
    Thread.sleep(100); // the exporter's thread has slept again by then
    listener.operation(Samples.map(Samples.SAMPLED, 1));
    long end = System.nanoTime() + 8_000_000_000L;
    while (collector.spans().size() < 2 && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assertThat(collector.spans()).hasSize(2);
    listener.close(TIMEOUT);
  }
}
