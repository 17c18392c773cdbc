package io.mmapscope.e2e.programs;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/** The agent's metrics as they are now, from its Prometheus page, and what the kernel says beside them. */
final class Scrape {

  /** How long to wait for what the agent is about to tell. */
  static final int PATIENCE_SECONDS = 30 * Integer.getInteger("e2e.slowness", 1);

  private final URI page;

  Scrape(int port) {
    page = URI.create("http://127.0.0.1:" + port + "/metrics");
  }

  /** Sum of the metric's series whose line passes; 0 where there is no such series or no page yet. */
  double sum(String metric, Predicate<String> series) throws IOException {
    return sum(text(), metric, series);
  }

  /** The page; empty where there is none yet. */
  String text() throws IOException {
    try (var in = page.toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (java.net.ConnectException e) {
      return "";
    }
  }

  static double sum(String text, String metric, Predicate<String> series) {
    return text.lines()
        .filter(line -> line.startsWith(metric + "{") && series.test(line))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /**
   * The process's page faults at a moment.
   *
   * @param seen by the agent, whatever became of them
   * @param least and {@code most}: as the kernel counts them, before and after
   */
  record Moment(long seen, long least, long most) {}

  /** The agent looks at its counters once a second at most, so waits until they have changed. */
  Moment moment() throws IOException, InterruptedException {
    long before = faultsOfProcess();
    long old = (long) faults(line -> true);
    while (true) {
      long between = faultsOfProcess();
      long seen = (long) faults(line -> true);
      if (seen != old) {
        return new Moment(seen, before, faultsOfProcess());
      }
      before = between;
      Thread.sleep(20);
    }
  }

  private double faults(Predicate<String> fate) throws IOException {
    return sum("mmapscope_kernel_events_total", line -> line.contains("hook=\"page_fault\"") && fate.test(line));
  }

  /** Waits until so many faults were told of, as metrics or as lost. */
  void awaitTold(double seen) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
    String lost = "fate=\"lost\"";
    while (sum("mmap_faults_total", line -> !line.contains("mode=\"unknown\"")) + faults(line -> line.contains(lost)) < seen) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("not all of " + seen + " page faults were told of in " + PATIENCE_SECONDS + " s");
      }
      Thread.sleep(50);
    }
  }

  /** Minor and major faults of the process so far, all threads that ever were. */
  static long faultsOfProcess() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    // proc(5) counts from 1 and the name is the second: minflt is 10, majflt 12.
    return Long.parseLong(fields[7]) + Long.parseLong(fields[9]);
  }
}
