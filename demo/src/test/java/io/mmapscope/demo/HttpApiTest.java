package io.mmapscope.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The service by its HTTP interface, without the agent. */
class HttpApiTest {

  @RegisterExtension static final OpenTelemetryExtension TELEMETRY = OpenTelemetryExtension.create();

  @TempDir Path directory;
  private SearchIndex index;
  private QueryLog queryLog;
  private HttpApi api;

  @BeforeEach
  void start() throws IOException {
    var tracer = TELEMETRY.getOpenTelemetry().getTracer("test");
    index = new SearchIndex(directory.resolve("index"), tracer);
    queryLog = new QueryLog(directory);
    api = new HttpApi(0, tracer, index, queryLog, directory.resolve("copies"));
    api.start();
  }

  @AfterEach
  void stop() throws Exception {
    api.close();
    index.close();
    queryLog.close();
    assertThat(mapped()).as("mappings of the index after close").isEmpty();
  }

  @Test
  void whatIsIndexedIsFoundAfterARefresh() throws Exception {
    assertThat(post("/index", documents(1, 20))).containsEntry("indexed", 20);
    assertThat(get("/search?q=body")).containsEntry("total", 0);

    assertThat(post("/refresh", "")).containsEntry("changed", true).containsEntry("documents", 20);
    assertThat(get("/search?q=body")).containsEntry("total", 20);
    assertThat(get("/search?q=number7")).containsEntry("titles", List.of("title 7"));
    assertThat(mapped()).anyMatch(line -> line.endsWith(".fdt"));
  }

  @Test
  void aFreshSearchReopensInItsOwnRequest() throws Exception {
    post("/index", documents(1, 5));
    assertThat(get("/search?q=body&fresh=true")).containsEntry("total", 5);

    SpanData request = span("GET /search");
    assertThat(span("lucene.reopen").getParentSpanId()).isEqualTo(request.getSpanId());
    assertThat(span("lucene.search").getParentSpanId()).isEqualTo(request.getSpanId());
  }

  @Test
  void mergingLeavesAsManySegmentsAsAsked() throws Exception {
    for (int batch = 0; batch < 4; batch++) {
      post("/index", documents(batch * 10, batch * 10 + 9));
      post("/refresh", "");
    }
    assertThat(index.segments()).isEqualTo(4);
    assertThat(post("/merge?segments=2", "")).containsEntry("segments", 2);
    assertThat(get("/search?q=body")).containsEntry("total", 40);
  }

  @Test
  void remapShowsTheLastPageOfTheFileFirst() throws Exception {
    post("/index", documents(1, 3_000));
    post("/refresh", "");
    assertThat(post("/remap", "")).containsEntry("lastPageFirst", true);
    try (Stream<Path> copies = Files.list(directory.resolve("copies"))) {
      assertThat(copies).isEmpty();
    }
  }

  @Test
  void aBadRequestIsTheClientsFaultAndSaysWhy() throws Exception {
    HttpResponse<String> noQuery = send(HttpRequest.newBuilder(uri("/search")).GET());
    assertThat(noQuery.statusCode()).isEqualTo(400);
    assertThat(noQuery.body()).contains("parameter q is missing");
    assertThat(send(HttpRequest.newBuilder(uri("/search?q=%22")).GET()).statusCode()).isEqualTo(400);
    assertThat(send(HttpRequest.newBuilder(uri("/refresh")).GET()).statusCode()).isEqualTo(404);
    // nothing is indexed yet, so there is no file of two pages to remap
    assertThat(send(HttpRequest.newBuilder(uri("/remap")).POST(BodyPublishers.noBody())).statusCode()).isEqualTo(500);
  }

  private static String documents(int from, int to) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = from; i <= to; i++) {
      String body = "body number" + i + " " + Integer.toString(i * 7919, 36) + " " + Integer.toString(i * 104729, 36);
      lines.append(JSON.std.asString(new Document("d" + i, "title " + i, body))).append('\n');
    }
    return lines.toString();
  }

  /** A request's span ends after its reply is sent, so it may be a moment late. */
  private static SpanData span(String name) throws InterruptedException {
    for (int attempt = 0; attempt < 500; attempt++) {
      for (SpanData span : TELEMETRY.getSpans()) {
        if (span.getName().equals(name)) {
          return span;
        }
      }
      Thread.sleep(10);
    }
    throw new AssertionError("no span " + name);
  }

  /** The lines of this process's maps that name a file of the index. */
  private List<String> mapped() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains(directory.resolve("index") + "/")).toList();
    }
  }

  private Map<String, Object> get(String path) throws Exception {
    return ok(send(HttpRequest.newBuilder(uri(path)).GET()));
  }

  private Map<String, Object> post(String path, String body) throws Exception {
    return ok(send(HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.ofString(body))));
  }

  private static Map<String, Object> ok(HttpResponse<String> response) throws IOException {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.std.mapFrom(response.body());
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + api.port() + path);
  }
}
