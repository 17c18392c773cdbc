package io.mmapscope.exporter.metrics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.mmapscope.agent.spi.AgentView;
import io.mmapscope.exporter.Daemons;
import io.mmapscope.exporter.OtelSettings;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.resources.Resource;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Answers Prometheus' scrapes, at any path, on
 * {@code OTEL_EXPORTER_PROMETHEUS_HOST}:{@code OTEL_EXPORTER_PROMETHEUS_PORT}: in OpenMetrics' text format, which has
 * exemplars, where it is accepted, else in Prometheus' own.
 */
final class PrometheusEndpoint {

  private static final int THREADS = 2;

  /** Longer than between any two scrapes. One that Prometheus has already is not stored again. */
  private static final long EXEMPLARS_NANOS = Duration.ofMinutes(5).toNanos();

  private final HttpServer server;
  private ThreadPoolExecutor threads;
  private final AgentView view;
  private final MetricSnapshot snapshot;
  private final Runnable refresh;
  private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();
  private final ExpositionFormatWriter plainText = PrometheusTextFormatWriter.create();

  private PrometheusEndpoint(HttpServer server, AgentView view, CumulativeRegistry registry, Runnable refresh) {
    this.server = server;
    this.view = view;
    this.snapshot = new MetricSnapshot(registry, Resource.empty(), view.version(), now(view));
    this.refresh = refresh;
  }

  /**
   * Begins to listen.
   *
   * @param registry which has the values
   * @param refresh brings the registry's gauges up to date
   * @throws IOException where it cannot, saying where and what to do
   */
  static PrometheusEndpoint start(
      AgentView view, OtelSettings settings, CumulativeRegistry registry, Runnable refresh) throws IOException {
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
    PrometheusEndpoint endpoint = new PrometheusEndpoint(server, view, registry, refresh);
    endpoint.listen();
    return endpoint;
  }

  /** The port that it listens on. */
  int port() {
    return server.getAddress().getPort();
  }

  void close() {
    // On another thread, because newer JDKs wait here for exchanges in progress.
    Daemons.thread("mmapscope-close", this::stop).start();
  }

  private void stop() {
    server.stop(0);
    if (threads != null) {
      threads.shutdownNow();
    }
  }

  private void listen() throws IOException {
    threads =
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
      long now = now(view);
      List<MetricData> metrics = snapshot.take(now, now - EXEMPLARS_NANOS);
      boolean accepted = openMetrics.accepts(exchange.getRequestHeaders().getFirst("Accept"));
      ExpositionFormatWriter writer = accepted ? openMetrics : plainText;
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      writer.write(body, PrometheusSnapshots.of(metrics));
      exchange.getResponseHeaders().set("Content-Type", writer.getContentType());
      exchange.sendResponseHeaders(200, body.size());
      try (OutputStream out = exchange.getResponseBody()) {
        body.writeTo(out);
      }
    }
  }

  private static long now(AgentView view) {
    return view.epochNanos(System.nanoTime());
  }
}
