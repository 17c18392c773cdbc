package io.mmapscope.benchmarks;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A hello-world: when is its main entered, when has the process ended, and how much memory did it take? */
final class StartBenchmark implements Benchmark {

  private static final double TARGET_MAIN_MILLIS = 250;
  private static final double TARGET_PEAK_MEGABYTES = 40;
  private static final List<Configuration> CONFIGURATIONS =
      List.of(Configuration.NO_EXPORTER, Configuration.OTLP, Configuration.KERNEL_OFF);

  private static final class Figures {
    final Pairs main = new Pairs();
    final Pairs whole = new Pairs();
    final Pairs exit = new Pairs();
    final Pairs peak = new Pairs();
  }

  private final Launch launch;
  private final Options options;
  private final Progress progress;
  private final Map<Configuration, Figures> figures = new LinkedHashMap<>();
  private String startUpLine = "";

  StartBenchmark(Launch launch, Options options, Progress progress) {
    this.launch = launch;
    this.options = options;
    this.progress = progress;
    CONFIGURATIONS.forEach(each -> figures.put(each, new Figures()));
  }

  @Override
  public void run() throws IOException, InterruptedException {
    int rounds = options.quick() ? 3 : 11;
    hello(Configuration.WITHOUT);
    startUpLine = hello(Configuration.OTLP).errors();
    if (launch.collector().requests() == 0) {
      throw new IOException("nothing arrived at the collector, so OTLP cannot be measured:\n" + startUpLine);
    }
    for (Configuration configuration : CONFIGURATIONS) {
      progress.say("hello-world, " + rounds + " pairs, " + configuration.title());
      Figures row = figures.get(configuration);
      for (int round = 0; round < rounds; round++) {
        Output without = hello(Configuration.WITHOUT);
        Output with = hello(configuration);
        row.main.add(millis(without, "start", "entered"), millis(with, "start", "entered"));
        row.whole.add(millis(without, "start", "end"), millis(with, "start", "end"));
        row.exit.add(millis(without, "left", "end"), millis(with, "left", "end"));
        row.peak.add(without.value("peak", "launch") / 1024, with.value("peak", "launch") / 1024);
      }
    }
  }

  /** What the agent says at its start: the kernel, and how many hooks attach in which way. */
  String startUpLine() {
    return startUpLine;
  }

  private Output hello(Configuration configuration) throws IOException, InterruptedException {
    return launch.java(configuration, List.of(), "Hello");
  }

  private static double millis(Output output, String from, String to) throws IOException {
    return (output.value(to) - output.value(from)) / 1e6;
  }

  @Override
  public void report(Table table) {
    table.section("hello-world: from the start of the process to main", "ms");
    figures.forEach((each, row) -> table.row(each.title(), row.main, 0, TARGET_MAIN_MILLIS));
    table.section("hello-world: peak memory", "MiB");
    figures.forEach((each, row) -> table.row(each.title(), row.peak, 1, TARGET_PEAK_MEGABYTES));
    table.section("hello-world: from the start of the process to its end", "ms");
    figures.forEach((each, row) -> table.row(each.title(), row.whole, 0));
    table.section("hello-world: from the end of main to the end of the process", "ms");
    figures.forEach((each, row) -> table.row(each.title(), row.exit, 0));
  }
}
