package io.mmapscope.benchmarks;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What it costs that the application's trace context is followed: a context made current and its scope closed. */
final class ContextBenchmark implements Benchmark {

  private static final double TARGET_NANOS = 20;
  private static final Map<String, String> TITLES =
      Map.of(
          "child", "a span within another",
          "request", "the first span of a trace",
          "virtual", "a span within another, virtual thread",
          "yield", "Thread.yield() of a virtual thread");

  private final Launch launch;
  private final Options options;
  private final Progress progress;
  private final Map<String, Pairs> nanos = new LinkedHashMap<>();
  private final Map<String, Pairs> bytes = new LinkedHashMap<>();

  ContextBenchmark(Launch launch, Options options, Progress progress) {
    this.launch = launch;
    this.options = options;
    this.progress = progress;
  }

  @Override
  public void run() throws IOException, InterruptedException {
    if (!options.contexts()) {
      return;
    }
    int rounds = options.quick() ? 1 : 5;
    for (int round = 1; round <= rounds; round++) {
      progress.say("trace contexts, pair " + round + " of " + rounds);
      Output without = loop(null, List.of());
      Output with = loop(Configuration.NO_EXPORTER.settings(), List.of());
      for (String kind : List.of("child", "request", "virtual", "yield")) {
        if (without.lines().stream().anyMatch(line -> line.contains("kind=" + kind))) {
          add(nanos, kind, "nanos", without, with);
        }
      }
    }
    // Whether the compiler finds that a scope need not be allocated differs from run to run.
    List<String> options = List.of("-XX:-DoEscapeAnalysis");
    Output without = loop(null, options);
    Output with = loop(Configuration.NO_EXPORTER.settings(), options);
    for (String kind : List.of("child", "request")) {
      add(bytes, kind, "bytes", without, with);
    }
  }

  private Output loop(String settings, List<String> jvmOptions) throws IOException, InterruptedException {
    return launch.java(settings, jvmOptions, "ContextLoop", options.quick() ? 5 : 15);
  }

  private static void add(Map<String, Pairs> figures, String kind, String what, Output without, Output with)
      throws IOException {
    figures
        .computeIfAbsent(kind, key -> new Pairs())
        .add(without.value(what, "kind=" + kind), with.value(what, "kind=" + kind));
  }

  @Override
  public void report(Table table) {
    table.section("context attach + detach (OpenTelemetry), by the clock", "ns");
    if (!options.contexts()) {
      table.note("OpenTelemetry was not to be had");
      return;
    }
    nanos.forEach(
        (kind, pairs) -> {
          if (kind.equals("yield")) {
            table.row(TITLES.get(kind), pairs, 0);
          } else {
            table.row(TITLES.get(kind), pairs, 1, TARGET_NANOS);
          }
        });
    table.section("the same, allocated, escape analysis off", "bytes");
    bytes.forEach((kind, pairs) -> table.row(TITLES.get(kind), pairs, 1, 0));
  }
}
