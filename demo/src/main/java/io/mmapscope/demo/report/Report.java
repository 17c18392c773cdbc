package io.mmapscope.demo.report;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What someone who runs the service learns from the agent: read from Zipkin and from the agent's Prometheus endpoint,
 * printed as tables.
 *
 * <p>Usage: {@code Report ZIPKIN-URL METRICS-URL SERVICE-NAME}. Ends with 0 where every part could be made, including a
 * trace with a request, a map below it and the kernel's call within; else names what is missing and ends with 1.
 */
public final class Report {

  /** The exporters send in batches: the traces are complete once nothing has come for so many seconds. */
  private static final int QUIET_SECONDS = 3;

  private static final int PATIENCE_SECONDS = 30;

  private final HttpClient http = HttpClient.newHttpClient();
  private final String zipkin;
  private final String metrics;
  private final String service;

  private Report(String zipkin, String metrics, String service) {
    this.zipkin = zipkin;
    this.metrics = metrics;
    this.service = service;
  }

  public static void main(String[] args) throws InterruptedException {
    if (args.length != 3) {
      System.err.println("usage: Report ZIPKIN-URL METRICS-URL SERVICE-NAME");
      System.exit(2);
    }
    List<String> missing;
    try {
      missing = new Report(args[0], args[1], args[2]).print();
    } catch (IOException e) {
      missing = List.of(e.getMessage());
    }
    missing.forEach(what -> System.err.println("missing: " + what));
    System.exit(missing.isEmpty() ? 0 : 1);
  }

  /** Prints the report and returns what it could not say. */
  private List<String> print() throws IOException, InterruptedException {
    Traces traces = completeTraces();
    TraceTables traceTables = new TraceTables(traces);
    List<String> missing = new ArrayList<>();

    try {
      MetricTables metricTables = new MetricTables(PrometheusText.parse(get(metrics)));
      show(metricTables.topByMappedBytes(), "mmap.mapped.size", missing);
      show(metricTables.topByCount(), "mmap.operation.duration", missing);
      System.out.println(metricTables.mappingsAgainstLimit());
      show(metricTables.kernelEvents(), "mmapscope.kernel.events", missing);
      System.out.println(metricTables.remainders());
    } catch (IOException e) {
      missing.add("the agent's metrics: " + e.getMessage());
    }

    show(traceTables.mapsPerRequest(), "requests in Zipkin", missing);
    show(traceTables.askedFor(), "FileChannel.map spans", missing);
    show(traceTables.slowest(), "spans of the agent in Zipkin", missing);
    show(traceTables.remaps(), "a span with remap_file_pages, its caller and the mapping's creator", missing);

    Optional<ZipkinSpan> example = traces.bestExample();
    if (example.isPresent()) {
      System.out.println("A trace to open: " + TraceTables.route(example.get()) + " and the files it mapped");
      System.out.println("  " + zipkin + "/zipkin/traces/" + example.get().traceId());
    } else {
      missing.add("a trace in Zipkin with a FileChannel.map span under a request and the kernel's mmap within it");
    }
    return missing;
  }

  private static void show(Table table, String source, List<String> missing) {
    System.out.println(table);
    if (table.isEmpty()) {
      missing.add(source);
    }
  }

  /** Waits until the exporters have sent what they hold. */
  private Traces completeTraces() throws IOException, InterruptedException {
    String url = zipkin + "/api/v2/traces?serviceName=" + service + "&limit=100000&lookback=86400000";
    Traces traces = new Traces(ZipkinSpan.parse(get(url)));
    int quiet = 0;
    for (int second = 0; second < PATIENCE_SECONDS && quiet < QUIET_SECONDS; second++) {
      Thread.sleep(1_000);
      Traces now = new Traces(ZipkinSpan.parse(get(url)));
      quiet = now.size() > 0 && now.size() == traces.size() ? quiet + 1 : 0;
      traces = now;
    }
    return traces;
  }

  private String get(String url) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(30)).GET().build();
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      if (response.statusCode() != 200) {
        throw new IOException(url + " answers " + response.statusCode());
      }
      return response.body();
    } catch (ConnectException e) {
      throw new IOException("nothing listens at " + url, e);
    }
  }
}
