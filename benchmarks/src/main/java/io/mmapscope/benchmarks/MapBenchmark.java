package io.mmapscope.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a map and its unmap cost the thread that makes them. */
final class MapBenchmark implements Benchmark {

  private static final double TARGET_NANOS = 1000;
  private static final long WARM_UP_MILLIS = 2000;
  private static final String CHANNEL = "ChannelMapping";
  private static final String SEGMENT = "ArenaMapping";
  private static final List<String> COUNT_REFUSED = List.of("--add-opens=java.base/java.lang=ALL-UNNAMED");

  /** What is compared with no agent: a row's beginning. */
  private record Case(String title, Configuration configuration, String mapping) {}

  private record Workload(int threads, int pages) {

    String title() {
      return threads + (threads == 1 ? " thread, " : " threads, ") + pages + " pages";
    }

    String[] words() {
      return new String[] {"threads=" + threads, "pages=" + pages};
    }
  }

  private static final List<Workload> WORKLOADS =
      List.of(new Workload(1, 0), new Workload(1, 16), new Workload(4, 0), new Workload(4, 16));

  /** The figures of one row. */
  private static final class Figures {
    final Pairs cpu = new Pairs();
    final Pairs wall = new Pairs();
    final Pairs process = new Pairs();
  }

  private final Launch launch;
  private final Options options;
  private final Progress progress;
  private final List<Case> cases = new ArrayList<>();
  private final Map<Case, Map<Workload, Figures>> figures = new LinkedHashMap<>();
  private final Map<Case, Pairs> exits = new LinkedHashMap<>();
  private final Map<Case, Pairs> allocated = new LinkedHashMap<>();
  private double refused;

  MapBenchmark(Launch launch, Options options, Progress progress) {
    this.launch = launch;
    this.options = options;
    this.progress = progress;
    for (Configuration configuration :
        List.of(Configuration.NO_EXPORTER, Configuration.OTLP, Configuration.KERNEL_OFF)) {
      cases.add(new Case(configuration.title(), configuration, CHANNEL));
    }
    if (options.segments() != null) {
      cases.add(new Case("segments, no exporter", Configuration.NO_EXPORTER, SEGMENT));
    }
    for (Case each : cases) {
      Map<Workload, Figures> rows = new LinkedHashMap<>();
      WORKLOADS.forEach(workload -> rows.put(workload, new Figures()));
      figures.put(each, rows);
      exits.put(each, new Pairs());
      allocated.put(each, new Pairs());
    }
  }

  @Override
  public void run() throws IOException, InterruptedException {
    int rounds = options.quick() ? 1 : 5;
    for (int round = 1; round <= rounds; round++) {
      for (Case each : cases) {
        progress.say("map + unmap, pair " + round + " of " + rounds + ", " + each.title());
        pair(each, options.quick() ? 4 : 8);
      }
    }
    for (Case each : cases) {
      progress.say("allocation, " + each.title());
      allocated(each);
    }
  }

  private Output loop(Case each, String settings, int windows, String... jvmOptions)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(COUNT_REFUSED);
    all.addAll(List.of(jvmOptions));
    String mapping = "io.mmapscope.benchmarks.program." + each.mapping();
    return launch.java(settings, all, "MapLoop", options.file(), mapping, WARM_UP_MILLIS, windows);
  }

  private void pair(Case each, int windows) throws IOException, InterruptedException {
    Output without = loop(each, null, windows);
    Output with = loop(each, each.configuration().settings(), windows);
    for (Workload workload : WORKLOADS) {
      String[] words = workload.words();
      Figures row = figures.get(each).get(workload);
      row.cpu.add(without.value("cpu", words), with.value("cpu", words));
      row.wall.add(without.value("wall", words), with.value("wall", words));
      row.process.add(without.value("process", words), with.value("process", words));
      refused += with.value("refused", words);
    }
    exits.get(each).add(exitMillis(without), exitMillis(with));
  }

  private static double exitMillis(Output output) throws IOException {
    return (output.value("end", "launch") - output.value("left")) / 1e6;
  }

  /**
   * Whether the compiler finds that an object of the JDK's need not be allocated differs from run to run, by 40 bytes
   * an operation. So here it may not look, on either side; what the agent allocates can only show the more. And no
   * operation may become a span because its thread had to wait for a processor.
   */
  private void allocated(Case each) throws IOException, InterruptedException {
    String settings = each.configuration().settings() + ";span.min-duration=60s";
    Output without = loop(each, null, 2, "-XX:-DoEscapeAnalysis");
    Output with = loop(each, settings, 2, "-XX:-DoEscapeAnalysis");
    for (Workload workload : WORKLOADS) {
      String[] words = workload.words();
      allocated.get(each).add(without.value("bytes", words), with.value("bytes", words));
    }
  }

  @Override
  public void report(Table table) {
    int processors = Runtime.getRuntime().availableProcessors();
    table.section("map + unmap of 64 KiB, processor time of the mapping thread", "ns");
    rows(table, (name, row) -> table.row(name, row.cpu, 0, TARGET_NANOS));
    table.section("map + unmap of 64 KiB, by the clock, in each thread", "ns");
    rows(
        table,
        (name, row) -> {
          // With more threads than processors most of the time is spent waiting for one.
          if (name.contains("4 threads") && processors < 4) {
            table.row(name, row.wall, 0);
          } else {
            table.row(name, row.wall, 0, TARGET_NANOS);
          }
        });
    table.section("map + unmap of 64 KiB, processor time of all threads, the agent's too", "ns");
    rows(table, (name, row) -> table.row(name, row.process, 0));
    if (refused > 0) {
      table.note(String.format("%.0f operations were refused (queue full): these figures are too good", refused));
    }
    table.section("allocated by the mapping thread for a map + unmap that is no span, escape analysis off", "bytes");
    allocated.forEach((each, pairs) -> table.row(each.title(), pairs, 1, 0));
    table.section("exit after some seconds of mapping: from the end of main to the end of the process", "ms");
    exits.forEach((each, pairs) -> table.row(each.title(), pairs, 0));
  }

  private interface RowPrinter {
    void print(String name, Figures row);
  }

  private void rows(Table table, RowPrinter printer) {
    figures.forEach(
        (each, rows) ->
            rows.forEach((workload, row) -> printer.print(each.title() + ", " + workload.title(), row)));
  }
}
