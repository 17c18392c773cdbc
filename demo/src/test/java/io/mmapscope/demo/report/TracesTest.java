package io.mmapscope.demo.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TracesTest {

  /** As Zipkin answers: a request, the service's span, a map with its kernel call; and a map outside any request. */
  private static final String ANSWER =
      """
      [[{"traceId":"t1","id":"1","kind":"SERVER","name":"post /refresh","timestamp":10,"duration":2000,
         "tags":{"http.request.method":"POST","http.route":"/refresh"}},
        {"traceId":"t1","id":"2","parentId":"1","name":"lucene.reopen","timestamp":11,"duration":1500},
        {"traceId":"t1","id":"3","parentId":"2","name":"filechannel.map","timestamp":12,"duration":400,
         "annotations":[{"timestamp":13,
           "value":"\\"mmap\\":{\\"mmap.syscall.args\\":\\"length=4096\\",\\"mmap.syscall.result\\":\\"0x7f00\\"}"}],
         "tags":{"otel.scope.name":"mmapscope","mmap.length":"4096","code.function.name":"lib.store.Files.map",
           "code.line.number":"7","file.path":"/index/_0.fdt",
           "code.stacktrace":"\\tat lib.store.Files.map(Files.java:7)\\n\\tat lib.codec.Fields.<init>(F.java:3)"}}],
       [{"traceId":"t2","id":"4","name":"filechannel.map","timestamp":20,
         "tags":{"otel.scope.name":"mmapscope","mmap.length":"8192"}}]]
      """;

  private static Traces traces() throws IOException {
    return new Traces(ZipkinSpan.parse(ANSWER));
  }

  @Test
  void aMapBelongsToTheRequestAboveIt() throws IOException {
    Traces traces = traces();
    List<ZipkinSpan> maps = traces.spans(ZipkinSpan::isMap);
    assertThat(maps).hasSize(2);
    assertThat(traces.requestOf(maps.get(0))).map(ZipkinSpan::id).contains("1");
    assertThat(traces.requestOf(maps.get(1))).isEmpty();
  }

  @Test
  void theExampleIsARequestWithAMapAndItsKernelCall() throws IOException {
    assertThat(traces().bestExample()).map(ZipkinSpan::traceId).contains("t1");
    assertThat(new Traces(ZipkinSpan.parse(ANSWER.replace("mmap.syscall.", "other."))).bestExample()).isEmpty();
  }

  @Test
  void aSearchIsShownBeforeOtherRequestsAndTheShorterTraceFirst() throws IOException {
    List<List<ZipkinSpan>> all = new ArrayList<>(ZipkinSpan.parse(ANSWER));
    all.addAll(ZipkinSpan.parse(ANSWER.replace("\"t1\"", "\"t3\"").replace("/refresh", "/search")));
    assertThat(new Traces(all).bestExample()).map(ZipkinSpan::traceId).contains("t3");
    all.addAll(ZipkinSpan.parse(ANSWER.replace("\"t1\"", "\"t4\"").replace("/refresh", "/search")));
    all.addAll(ZipkinSpan.parse("[[{\"traceId\":\"t3\",\"id\":\"9\",\"parentId\":\"1\",\"name\":\"more\"}]]"));
    assertThat(new Traces(all).bestExample()).map(ZipkinSpan::traceId).contains("t4");
  }

  @Test
  void aParentThatWasNeverStoredOrIsItsOwnParentEndsTheSearch() throws IOException {
    String orphans =
        "[[{\"traceId\":\"t\",\"id\":\"1\",\"parentId\":\"9\",\"name\":\"a\"},"
            + "{\"traceId\":\"t\",\"id\":\"2\",\"parentId\":\"2\",\"name\":\"b\"}]]";
    Traces traces = new Traces(ZipkinSpan.parse(orphans));
    assertThat(traces.spans(s -> traces.requestOf(s).isPresent())).isEmpty();
  }

  @Test
  void readsAnAnnotationWhoseAttributesAreNoJson() {
    assertThat(ZipkinSpan.Annotation.of("\"msync\":{\"a\":\"say \"hi\"\"}").name()).isEqualTo("msync");
    assertThat(ZipkinSpan.Annotation.of("plain text").name()).isEqualTo("plain text");
  }

  @Test
  void theJdkAskedForNothing() throws IOException {
    String jdk = ANSWER.replace("lib.codec.Fields.<init>(F.java:3)", "jdk.httpserver/sun.net.Chain.doFilter(C.java:9)");
    ZipkinSpan map = new Traces(ZipkinSpan.parse(jdk)).spans(ZipkinSpan::isMap).get(0);
    assertThat(SpanText.firstFrameElsewhere(map)).isEqualTo("l.store.Files.map:7");
  }

  @Test
  void tablesCountMapsByRouteAndByWhoAsked() throws IOException {
    SpanText text = new SpanText(Map.of("filechannel.map", "FileChannel.map"));
    TraceTables tables = new TraceTables(traces(), text);
    assertThat(tables.mapsPerRequest().toString().lines().toList().get(2))
        .matches("\\s+POST /refresh\\s+1\\s+1\\s+1\\s+1\\.0\\s+1\\s+4\\.0 KiB\\s+20\\.0 %");
    assertThat(tables.askedFor().toString()).contains("l.codec.Fields.<init>:3");
    assertThat(tables.slowest().toString().lines().toList().get(2).strip().replaceAll(" +", " "))
        .isEqualTo("400.0 µs ? 1 FileChannel.map _0.fdt l.store.Files.map:7 POST /refresh");
    assertThat(tables.remaps().isEmpty()).isTrue();
    assertThat(tables.story(traces().bestExample().orElseThrow()))
        .startsWith("POST /refresh took 2.00 ms and had to map 1 files (1 maps, together 400.0 µs)")
        .contains("FileChannel.map of _0.fdt (4.0 KiB)")
        .contains("for l.codec.Fields.<init>:3")
        .endsWith("mmap(length=4096) = 0x7f00");
  }
}
