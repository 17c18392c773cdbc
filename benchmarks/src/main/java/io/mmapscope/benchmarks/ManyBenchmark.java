package io.mmapscope.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A process with very many mappings and threads, all alive: what the agent adds to its memory, and whether it copes. */
final class ManyBenchmark implements Benchmark {

  private static final int THREADS = 5_000;
  private static final int MAPPINGS_A_THREAD = 40;
  private static final int TOUCH_EACH = 8;
  private static final int PAGE = 4096;
  /** Those of the JVM, of its threads' stacks with their guards, and of the C library's heaps. */
  private static final int OTHERS = 40_000;
  private static final long LONGEST_NANOS = 120_000_000_000L;
  private static final List<String> JVM =
      List.of("-Xss256k", "-Xms512m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:+AlwaysPreTouch");

  private final Launch launch;
  private final Options options;
  private final Progress progress;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Pairs peak = new Pairs();
  private final Pairs time = new Pairs();
  private final List<Double> residency = new ArrayList<>();
  private final List<Double> withoutSlot = new ArrayList<>();
  private final List<Double> inLedger = new ArrayList<>();
  private final List<Double> lost = new ArrayList<>();
  private int mappingsEach = MAPPINGS_A_THREAD;

  /** @param readyMillis from the start of the process until all was mapped and touched */
  private record Figures(double peakMegabytes, double readyMillis) {}

  ManyBenchmark(Launch launch, Options options, Progress progress) {
    this.launch = launch;
    this.options = options;
    this.progress = progress;
  }

  @Override
  public void run() throws IOException, InterruptedException {
    int rounds = options.quick() ? 1 : 3;
    try (MapLimit limit = MapLimit.atLeast((long) THREADS * MAPPINGS_A_THREAD + OTHERS)) {
      mappingsEach = (int) Math.min(MAPPINGS_A_THREAD, (limit.now() - OTHERS) / THREADS);
      if (mappingsEach < 1) {
        throw new IOException("vm.max_map_count is " + limit.now() + ": too few for this");
      }
      for (int round = 1; round <= rounds; round++) {
        progress.say("many mappings and threads, round " + round + " of " + rounds);
        Figures without = measure(0);
        Figures with = measure(freePort());
        peak.add(without.peakMegabytes, with.peakMegabytes);
        time.add(without.readyMillis, with.readyMillis);
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** @param port for the agent's Prometheus page, 0 to run without the agent */
  private Figures measure(int port) throws IOException, InterruptedException {
    List<String> jvmOptions = new ArrayList<>(JVM);
    jvmOptions.add("-Dotel.exporter.prometheus.port=" + port);
    String settings = port == 0 ? null : "traces.exporter=none;metrics.exporter=prometheus";
    long start = System.nanoTime();
    Process process =
        launch.start(settings, jvmOptions, "ManyMappings", options.file(), THREADS, mappingsEach, TOUCH_EACH);
    try (BufferedReader lines = process.inputReader()) {
      String line = lines.readLine();
      if (line == null) {
        throw new IOException("ManyMappings ended with " + process.waitFor() + "\n" + launch.errors());
      }
      Output output = new Output(List.of(line), launch.errors());
      if (port != 0) {
        look(port, output);
      }
      double readyMillis = (output.value("ready") - start) / 1e6;
      return new Figures(peakOf(process.pid()) / 1024, readyMillis);
    } finally {
      process.getOutputStream().close();
      process.waitFor();
    }
  }

  /** Waits until all that was touched is known to be in memory. */
  private void look(int port, Output output) throws IOException, InterruptedException {
    double expected = output.value("touched") * PAGE;
    long end = System.nanoTime() + LONGEST_NANOS;
    String page = scrape(port);
    while (sum(page, "mmap_resident_size_bytes", "file_extension=\"bin\"") < expected) {
      if (System.nanoTime() - end > 0) {
        throw new IOException("not all is known to be in memory after two minutes:\n" + page);
      }
      Thread.sleep(100);
      page = scrape(port);
    }
    residency.add((System.nanoTime() - output.value("ready")) / 1e9);
    withoutSlot.add(sum(page, "mmapscope_unattributed_total", "reason=\"no_thread_slot\""));
    inLedger.add(sum(page, "mmap_mappings", "file_extension=\"bin\""));
    lost.add(sum(page, "mmapscope_kernel_events_total", "fate=\"lost\""));
  }

  private String scrape(int port) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private static double sum(String page, String metric, String tag) {
    return page.lines()
        .filter(line -> line.startsWith(metric + "{") && line.contains(tag))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** Kilobytes. */
  private static double peakOf(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Double.parseDouble(line.replaceAll("[^0-9]", ""));
      }
    }
    throw new IOException("no VmHWM of " + pid);
  }

  @Override
  public void report(Table table) {
    String title = String.format(Locale.ROOT, "%,d mappings by %,d threads, all alive", THREADS * mappingsEach, THREADS);
    table.section(title + ": peak memory", "MiB");
    table.row("agent, Prometheus", peak, 0);
    table.section("the same: from the start until all is mapped and some touched", "ms");
    table.row("agent, Prometheus", time, 0);
    table.note(
        String.format(
            Locale.ROOT,
            "threads without a slot: %.0f; in the ledger at the least: %,.0f; lost events of the kernel's at the most: %,.0f",
            Spread.of(withoutSlot).max(), Spread.of(inLedger).min(), Spread.of(lost).max()));
    table.note(
        String.format(
            Locale.ROOT, "what is in memory of each is known %.1f s later (at the most %.1f s)",
            Spread.of(residency).median(), Spread.of(residency).max()));
  }
}
