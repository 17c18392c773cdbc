package io.mmapscope.exporter;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsServer;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;

/** A collector of OTLP and Zipkin JSON over HTTP, that decodes what is really posted. */
public final class Collector implements AutoCloseable {

  public final List<ExportTraceServiceRequest> traces = new CopyOnWriteArrayList<>();
  public final List<ExportMetricsServiceRequest> metrics = new CopyOnWriteArrayList<>();
  public final List<String> zipkin = new CopyOnWriteArrayList<>();
  public final List<Map<String, List<String>>> headers = new CopyOnWriteArrayList<>();

  /** What it answers. */
  public volatile int status = 200;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  public Collector() throws IOException {
    this(HttpServer.create(new InetSocketAddress("localhost", 0), 0));
  }

  /** Makes it of a server that listens but has not begun. */
  Collector(HttpServer server) {
    this.server = server;
    server.setExecutor(threads);
    server.createContext("/", this::receive);
    server.start();
  }

  public String url() {
    return (server instanceof HttpsServer ? "https" : "http") + "://localhost:" + server.getAddress().getPort();
  }

  /** Settings that lead here. */
  public OtelSettings settings() {
    return OtelSettings.read(Map.of("otel.exporter.otlp.endpoint", url()), Map.of());
  }

  private void receive(HttpExchange exchange) throws IOException {
    int answer = status;
    byte[] body = exchange.getRequestBody().readAllBytes();
    if ("gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"))) {
      body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
    }
    headers.add(Map.copyOf(exchange.getRequestHeaders()));
    switch (exchange.getRequestURI().getPath()) {
      case "/v1/traces" -> traces.add(ExportTraceServiceRequest.parseFrom(body));
      case "/v1/metrics" -> metrics.add(ExportMetricsServiceRequest.parseFrom(body));
      case "/api/v2/spans" -> zipkin.add(new String(body, StandardCharsets.UTF_8));
      default -> throw new UncheckedIOException(new IOException("unexpected " + exchange.getRequestURI()));
    }
    exchange.sendResponseHeaders(answer, -1);
    exchange.close();
  }

  /** All spans received so far. */
  public List<Span> spans() {
    List<Span> spans = new ArrayList<>();
    traces.forEach(
        request ->
            request
                .getResourceSpansList()
                .forEach(
                    resource -> resource.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList()))));
    return spans;
  }

  /** The last values received, by name. */
  public Map<String, Metric> lastMetrics() {
    Map<String, Metric> byName = new TreeMap<>();
    metrics
        .get(metrics.size() - 1)
        .getResourceMetricsList()
        .forEach(
            resource ->
                resource
                    .getScopeMetricsList()
                    .forEach(scope -> scope.getMetricsList().forEach(metric -> byName.put(metric.getName(), metric))));
    return byName;
  }

  /** Attributes with their values as Java has them: String, Long, Double, List. */
  public static Map<String, Object> attributes(List<KeyValue> attributes) {
    Map<String, Object> values = new TreeMap<>();
    for (KeyValue attribute : attributes) {
      if (values.put(attribute.getKey(), value(attribute.getValue())) != null) {
        throw new AssertionError(attribute.getKey() + " twice");
      }
    }
    return values;
  }

  private static Object value(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case INT_VALUE -> value.getIntValue();
      case DOUBLE_VALUE -> value.getDoubleValue();
      case ARRAY_VALUE -> value.getArrayValue().getValuesList().stream().map(Collector::value).toList();
      default -> throw new AssertionError("unexpected type " + value.getValueCase());
    };
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
