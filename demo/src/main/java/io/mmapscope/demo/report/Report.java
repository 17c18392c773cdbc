package io.mmapscope.demo.report;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What someone who runs the service learns from the agent: read from Zipkin and from the agent's Prometheus endpoint,
 * printed as tables.
 *
 * <p>Usage: {@code Report ZIPKIN-URL METRICS-URL SERVICE-NAME SERVICE-PID}. Ends with 0 where every part could be made,
 * including a trace with a request, a map below it and the kernel's call within, and where the kernel's events add up;
 * else says what is wrong and ends with 1.
 */
public final class Report {

  /** The exporters send in batches: the traces are complete once nothing has come for so many seconds. */
  private static final int QUIET_SECONDS = 5;

  private static final int PATIENCE_SECONDS = 30;

  /** The agent brings its metrics up to date once a second. */
  private static final int SCRAPE_AGAIN_MILLIS = 2_500;

  private final HttpClient http = HttpClient.newHttpClient();
  private final String zipkin;
  private final String metrics;
  private final String service;
  private final Path maps;

  private Report(String zipkin, String metrics, String service, long pid) {
    this.zipkin = zipkin;
    this.metrics = metrics;
    this.service = service;
    this.maps = Path.of("/proc/" + pid + "/maps");
  }

  public static void main(String[] args) throws InterruptedException {
    if (args.length != 4) {
      System.err.println("usage: Report ZIPKIN-URL METRICS-URL SERVICE-NAME SERVICE-PID");
      System.exit(2);
    }
    List<String> wrong;
    try {
      wrong = new Report(args[0], args[1], args[2], Long.parseLong(args[3])).print();
    } catch (IOException e) {
      wrong = List.of(e.getMessage());
    }
    wrong.forEach(System.err::println);
    System.exit(wrong.isEmpty() ? 0 : 1);
  }

  /** Prints the report and returns what is wrong or missing. */
  private List<String> print() throws IOException, InterruptedException {
    Traces traces = completeTraces();
    List<String> wrong = new ArrayList<>();
    Map<String, String> operationNames = Map.of();
    try {
      operationNames = printMetrics(wrong);
    } catch (IOException e) {
      wrong.add("the agent's metrics: " + e.getMessage());
    }
    printTraces(traces, new TraceTables(traces, new SpanText(operationNames)), wrong);
    return wrong;
  }

  /** Returns the operations' names by Zipkin's spelling. */
  private Map<String, String> printMetrics(List<String> wrong) throws IOException, InterruptedException {
    PrometheusText scrape = PrometheusText.parse(get(metrics));
    KernelBalance balance = new KernelBalance(scrape);
    if (!balance.balanced()) {
      Thread.sleep(SCRAPE_AGAIN_MILLIS);
      KernelBalance earlier = balance;
      scrape = PrometheusText.parse(get(metrics));
      balance = new KernelBalance(scrape);
      wrong.addAll(balance.wrongTwice(earlier));
    }
    MappedFiles files = new MappedFiles(scrape);
    show(files.table(), "mmap.mapped.size", wrong);
    System.out.print(files.besides());
    try (Stream<String> lines = Files.lines(maps)) {
      System.out.println(files.againstLimit(lines.count()));
    }
    MetricTables tables = new MetricTables(scrape);
    show(tables.topByCount(), "mmap.operation.duration", wrong);
    System.out.println();
    show(new FaultTables(scrape).byPlace(), "mmap.fault.duration", wrong);
    System.out.println();
    show(balance.table(), "mmapscope.kernel.seen", wrong);
    System.out.println();
    System.out.println(tables.remainders());
    return tables.operationNames();
  }

  private void printTraces(Traces traces, TraceTables tables, List<String> wrong) {
    for (Table table : List.of(tables.mapsPerRequest(), tables.askedFor(), tables.slowest())) {
      show(table, "requests, or spans of the agent, in Zipkin", wrong);
      System.out.println();
    }
    show(tables.remaps(), "a span with remap_file_pages, its caller and the mapping's creator", wrong);
    System.out.println();
    Optional<ZipkinSpan> example = traces.bestExample();
    if (example.isPresent()) {
      System.out.println("A trace to open: " + tables.story(example.get()));
      System.out.println(address(example.get()));
    } else {
      wrong.add("missing: a trace in Zipkin with a FileChannel.map under a request and the kernel's mmap within it");
    }
    System.out.println();
    Optional<ZipkinSpan> stall = FaultTables.dearest(traces);
    if (stall.isPresent()) {
      System.out.print("Another: " + FaultTables.story(traces, stall.get()));
      System.out.println(address(stall.get()));
    } else {
      wrong.add("missing: a search in Zipkin with the agent's page_faults below it");
    }
  }

  private String address(ZipkinSpan span) {
    return zipkin + "/zipkin/traces/" + span.traceId();
  }

  private static void show(Table table, String source, List<String> wrong) {
    System.out.print(table);
    if (table.isEmpty()) {
      wrong.add("missing: " + source);
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
