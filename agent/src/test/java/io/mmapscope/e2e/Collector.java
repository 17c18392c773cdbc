package io.mmapscope.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/** An OpenTelemetry collector over HTTP and protobuf, in this process, that remembers what it is sent. */
final class Collector implements AutoCloseable {

  /** How it treats those who send. */
  enum Mode {
    /** Answers 200 and remembers. */
    NORMAL,
    /** Nothing listens at its address. */
    DOWN,
    /** Accepts the connection and the request, and never answers. */
    SILENT,
    /** Answers 500, which OTLP's clients must not retry. */
    FAILING
  }

  private final Mode mode;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final int port;
  private final List<Received.Span> spans = new ArrayList<>();
  private final List<Received.Point> points = new ArrayList<>();
  private final List<Map<String, Object>> resources = new ArrayList<>();
  private int requests;

  Collector() throws IOException {
    this(Mode.NORMAL);
  }

  Collector(Mode mode) throws IOException {
    this.mode = mode;
    if (mode == Mode.DOWN) {
      server = null;
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        port = socket.getLocalPort();
      }
      return;
    }
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    port = server.getAddress().getPort();
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** The value for {@code OTEL_EXPORTER_OTLP_ENDPOINT}. */
  String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  synchronized int requests() {
    return requests;
  }

  synchronized List<Received.Span> spans() {
    return List.copyOf(spans);
  }

  List<Received.Span> spans(String name) {
    return spans().stream().filter(span -> span.name().equals(name)).toList();
  }

  /** Attributes of each resource that sent something. */
  synchronized List<Map<String, Object>> resources() {
    return List.copyOf(resources);
  }

  synchronized List<Received.Point> points() {
    return List.copyOf(points);
  }

  /**
   * The metric's latest value, summed over its series that have these attributes: for a counter or a gauge its value,
   * for a histogram the number of values. 0 where no such series came.
   */
  double sum(String metric, Map<String, ?> attributes) {
    return series(metric).entrySet().stream()
        .filter(series -> series.getKey().entrySet().containsAll(attributes.entrySet()))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  /** Each series of the metric with its latest value. */
  Map<Map<String, Object>, Double> series(String metric) {
    return points().stream()
        .filter(point -> point.metric().equals(metric))
        .collect(
            Collectors.toMap(
                Received.Point::attributes,
                point -> point,
                (earlier, later) -> later.delta() ? plus(earlier, later) : later))
        .entrySet()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, series -> series.getValue().value()));
  }

  private static Received.Point plus(Received.Point a, Received.Point b) {
    return new Received.Point(b.metric(), b.unit(), true, b.attributes(), a.value() + b.value());
  }

  @Override
  public void close() {
    closed.countDown();
    if (server != null) {
      server.stop(0);
    }
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body;
      try (InputStream in = decoded(exchange)) {
        body = in.readAllBytes();
      }
      answer(exchange, body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void answer(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
    switch (mode) {
      case SILENT -> closed.await();
      case FAILING -> exchange.sendResponseHeaders(500, -1);
      default -> {
        boolean known = remember(exchange.getRequestURI().getPath(), body);
        exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
        exchange.sendResponseHeaders(known ? 200 : 404, -1);
      }
    }
  }

  private synchronized boolean remember(String path, byte[] body) throws IOException {
    requests++;
    switch (path) {
      case "/v1/traces" -> {
        for (var resource : ExportTraceServiceRequest.parseFrom(body).getResourceSpansList()) {
          resources.add(Otlp.attributes(resource.getResource().getAttributesList()));
          for (var scope : resource.getScopeSpansList()) {
            scope.getSpansList().forEach(span -> spans.add(Otlp.span(scope.getScope().getName(), span)));
          }
        }
        return true;
      }
      case "/v1/metrics" -> {
        for (var resource : ExportMetricsServiceRequest.parseFrom(body).getResourceMetricsList()) {
          resources.add(Otlp.attributes(resource.getResource().getAttributesList()));
          for (var scope : resource.getScopeMetricsList()) {
            scope.getMetricsList().forEach(metric -> points.addAll(Otlp.points(metric)));
          }
        }
        return true;
      }
      default -> {
        return false;
      }
    }
  }

  private static InputStream decoded(HttpExchange exchange) throws IOException {
    boolean gzip = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
    return gzip ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody();
  }
}
