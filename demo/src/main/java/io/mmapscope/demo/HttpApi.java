package io.mmapscope.demo;

import com.fasterxml.jackson.jr.ob.JSON;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.queryparser.classic.ParseException;

/**
 * The service's HTTP side: one span of kind SERVER for each request, named for its route, current while the request is
 * handled. Replies are JSON objects; a bad request gets 400 and a failure 500, each with {@code "error"}.
 */
final class HttpApi implements AutoCloseable {

  /** What a route does; the result becomes the reply. */
  private interface Handler {
    Map<String, Object> handle(HttpExchange exchange) throws Exception;
  }

  private final HttpServer server;
  private final ExecutorService workers;
  private final Tracer tracer;
  private final SearchIndex index;
  private final QueryLog queryLog;
  private final Path copies;

  HttpApi(int port, Tracer tracer, SearchIndex index, QueryLog queryLog, Path copies) throws IOException {
    this.tracer = tracer;
    this.index = index;
    this.queryLog = queryLog;
    this.copies = copies;
    this.workers = Executors.newFixedThreadPool(4, HttpApi::workerThread);
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(workers);
    server.createContext("/health", exchange -> send(exchange, 200, Map.of("status", "up")));
    route("POST", "/index", this::index);
    route("GET", "/search", this::search);
    route("POST", "/refresh", this::refresh);
    route("POST", "/merge", this::merge);
    route("POST", "/remap", this::remap);
  }

  void start() {
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** Takes no more requests and waits for those being handled, so that the index may be closed next. */
  @Override
  public void close() throws InterruptedException {
    server.stop(0);
    workers.shutdown();
    workers.awaitTermination(10, TimeUnit.SECONDS);
  }

  /** Body: one JSON object {@code {"id", "title", "body"}} a line. */
  private Map<String, Object> index(HttpExchange exchange) throws IOException {
    List<Document> documents = new ArrayList<>();
    try (var body = new BufferedReader(new InputStreamReader(exchange.getRequestBody(), StandardCharsets.UTF_8))) {
      for (String line = body.readLine(); line != null; line = body.readLine()) {
        documents.add(JSON.std.beanFrom(Document.class, line));
      }
    }
    index.add(documents);
    return Map.of("indexed", documents.size());
  }

  /** {@code q}: the query; {@code fresh=true}: look for new documents first. */
  private Map<String, Object> search(HttpExchange exchange) throws IOException, ParseException {
    Map<String, String> query = query(exchange);
    String text = query.get("q");
    if (text == null || text.isBlank()) {
      throw new IllegalArgumentException("the parameter q is missing");
    }
    if (Boolean.parseBoolean(query.get("fresh"))) {
      index.reopen();
    }
    SearchIndex.Result result = index.search(text, 10);
    queryLog.append(text, result.total());
    return Map.of("total", result.total(), "titles", result.titles());
  }

  private Map<String, Object> refresh(HttpExchange exchange) throws IOException {
    boolean changed = index.reopen();
    queryLog.force();
    return Map.of("changed", changed, "documents", index.documents(), "segments", index.segments());
  }

  /** {@code segments}: how many may remain. */
  private Map<String, Object> merge(HttpExchange exchange) throws IOException {
    index.merge(Integer.parseInt(query(exchange).getOrDefault("segments", "1")));
    index.reopen();
    return Map.of("segments", index.segments());
  }

  private Map<String, Object> remap(HttpExchange exchange) throws IOException {
    try (SegmentCopy copy = SegmentCopy.of(index.largestFile(), copies)) {
      return Map.of(
          "file", copy.file().toString(), "bytes", copy.lengthBytes(), "lastPageFirst", copy.showLastPageFirst());
    }
  }

  private void route(String method, String path, Handler handler) {
    server.createContext(path, exchange -> handle(exchange, method, path, handler));
  }

  private void handle(HttpExchange exchange, String method, String path, Handler handler) throws IOException {
    if (!exchange.getRequestMethod().equals(method) || !exchange.getRequestURI().getPath().equals(path)) {
      send(exchange, 404, Map.of("error", "there is " + method + " " + path));
      return;
    }
    Span span =
        tracer
            .spanBuilder(method + " " + path)
            .setSpanKind(SpanKind.SERVER)
            .setAttribute("http.request.method", method)
            .setAttribute("http.route", path)
            .startSpan();
    try (Scope current = span.makeCurrent()) {
      int status = 200;
      Map<String, Object> reply;
      try {
        reply = handler.handle(exchange);
      } catch (IllegalArgumentException | ParseException e) {
        status = 400;
        reply = Map.of("error", String.valueOf(e.getMessage()));
      } catch (Exception e) {
        status = 500;
        reply = Map.of("error", e.toString());
        span.recordException(e).setStatus(StatusCode.ERROR);
      }
      span.setAttribute("http.response.status_code", status);
      send(exchange, status, reply);
    } finally {
      span.end();
    }
  }

  private static void send(HttpExchange exchange, int status, Map<String, Object> reply) throws IOException {
    byte[] body = JSON.std.asBytes(reply);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, body.length);
    try (var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private static Map<String, String> query(HttpExchange exchange) {
    Map<String, String> query = new HashMap<>();
    String raw = exchange.getRequestURI().getRawQuery();
    for (String pair : raw == null ? new String[0] : raw.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        query.put(pair.substring(0, equals), URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return query;
  }

  private static final AtomicInteger WORKER = new AtomicInteger();

  private static Thread workerThread(Runnable task) {
    return new Thread(task, "http-" + WORKER.incrementAndGet());
  }
}
