package io.mmapscope.exporter.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.mmapscope.exporter.Daemons;
import io.mmapscope.exporter.OtelSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Answers Prometheus' scrapes with the text format, at any path, on
 * {@code OTEL_EXPORTER_PROMETHEUS_HOST}:{@code OTEL_EXPORTER_PROMETHEUS_PORT}.
 */
final class PrometheusEndpoint {

  private static final int THREADS = 2;

  private final HttpServer server;
  private final PrometheusMeterRegistry registry;
  private final Runnable refresh;

  private PrometheusEndpoint(HttpServer server, PrometheusMeterRegistry registry, Runnable refresh) {
    this.server = server;
    this.registry = registry;
    this.refresh = refresh;
  }

  /**
   * Begins to listen.
   *
   * @param refresh brings the registry's gauges up to date
   * @throws IOException where it cannot, saying where and what to do
   */
  static PrometheusEndpoint start(PrometheusMeterRegistry registry, OtelSettings settings, Runnable refresh)
      throws IOException {
    String host = settings.get("otel.exporter.prometheus.host", "localhost");
    String port = settings.get("otel.exporter.prometheus.port", "9464");
    HttpServer server;
    try {
      server = HttpServer.create(new InetSocketAddress(host, Integer.parseInt(port)), 0);
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          "Prometheus cannot listen on " + host + ":" + port + ": " + e.getMessage()
              + "; set OTEL_EXPORTER_PROMETHEUS_HOST and OTEL_EXPORTER_PROMETHEUS_PORT",
          e);
    } catch (NoClassDefFoundError e) {
      throw new IOException("Prometheus needs the module jdk.httpserver, which this Java runtime was made without", e);
    }
    PrometheusEndpoint endpoint = new PrometheusEndpoint(server, registry, refresh);
    endpoint.listen();
    return endpoint;
  }

  /** The port that it listens on. */
  int port() {
    return server.getAddress().getPort();
  }

  void close() {
    // On another thread, because newer JDKs wait here for exchanges in progress.
    Daemons.thread("mmapscope-close", () -> server.stop(0)).start();
  }

  private void listen() throws IOException {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Daemons.factory("mmapscope-scrape"));
    threads.allowCoreThreadTimeOut(true);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    // The server's own thread is a daemon, and free of the application's class loader, only if the starting one is.
    Thread starter = Daemons.thread("mmapscope-scrape", server::start);
    starter.start();
    try {
      starter.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the Prometheus endpoint was starting", e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      refresh.run();
      byte[] body = registry.scrape().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
      exchange.sendResponseHeaders(200, body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }
}
