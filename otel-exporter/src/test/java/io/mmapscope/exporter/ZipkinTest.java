package io.mmapscope.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.spi.Listener;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import zipkin2.Span;
import zipkin2.codec.SpanBytesDecoder;

class ZipkinTest {

  private static Span exported(Consumer<Listener> seen) throws Exception {
    FakeAgent agent = new FakeAgent("metrics.exporter=none;traces.exporter=zipkin");
    String json;
    try (Collector collector = new Collector()) {
      Map<String, String> environment =
          Map.of("OTEL_EXPORTER_ZIPKIN_ENDPOINT", collector.url() + "/api/v2/spans", "OTEL_SERVICE_NAME", "shop");
      Listener listener = ExportingListener.create(agent, OtelSettings.read(Map.of(), environment));
      seen.accept(listener);
      listener.close(Duration.ofSeconds(10));
      assertThat(collector.zipkin).hasSize(1);
      json = collector.zipkin.get(0);
    }
    assertThat(agent.failures).isEmpty();
    return SpanBytesDecoder.JSON_V2.decodeList(json.getBytes()).get(0);
  }

  @Test
  void spansArriveAsZipkinsJson() throws Exception {
    Span span = exported(listener -> listener.operation(Samples.map(Samples.SAMPLED, 10_000)));
    assertThat(span.traceId()).isEqualTo("01020304050607081112131415161718");
    assertThat(span.parentId()).isEqualTo("0000000000000021");
    assertThat(span.localServiceName()).isEqualTo("shop");
    assertThat(span.durationAsLong()).isEqualTo(10);
    assertThat(span.tags())
        .containsEntry("mmap.length", "65536")
        .containsEntry("code.function.name", "com.acme.Store.open")
        .containsEntry("otel.scope.name", "mmapscope");
    assertThat(span.annotations())
        .singleElement()
        .satisfies(event -> assertThat(event.value()).contains("addr=NULL, length=65536, prot=PROT_READ"));
  }

  @Test
  void aStallSaysItsFilesInOneLine() throws Exception {
    Span span = exported(listener -> listener.stall(FaultSamples.stall()));
    assertThat(span.name()).isEqualTo("page_faults");
    assertThat(span.durationAsLong()).isEqualTo(60_000);
    assertThat(span.tags())
        .containsEntry("mmap.faults.major", "13")
        .containsEntry("mmap.faults.files", "_1p.fdt 12 faults 48.2 ms,_0.cfs 1 fault 3.0 ms");
    assertThat(span.annotations())
        .hasSize(2)
        .anySatisfy(event -> assertThat(event.value()).contains("page_faults.file", "/var/lib/acme/_1p.fdt"));
  }

  @Test
  void aTruncatedFileIsAnError() throws Exception {
    Span span = exported(listener -> listener.slowFault(FaultSamples.sigbus(Samples.SAMPLED)));
    assertThat(span.name()).isEqualTo("page_fault");
    assertThat(span.parentId()).isEqualTo("0000000000000021");
    assertThat(span.tags()).containsKey("error").containsEntry("error.type", "SIGBUS");
    assertThat(span.annotations())
        .singleElement()
        .satisfies(event -> assertThat(event.value()).contains("mmap.sigbus", "\"mmap.file.size.mapped\":70000"));
  }
}
