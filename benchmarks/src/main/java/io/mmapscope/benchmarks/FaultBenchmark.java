package io.mmapscope.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a page fault costs with each of them counted and timed, and with a profiler that records each. */
final class FaultBenchmark implements Benchmark {

  private static final double TARGET_RATIO = 1.03;
  private static final double TARGET_TIMES = 50;
  private static final List<String> KINDS = List.of("fresh", "warm", "evicted");
  private static final Map<String, String> TITLES =
      Map.of(
          "fresh", "anonymous memory, the cheapest fault",
          "warm", "file in memory",
          "evicted", "file not in memory");

  private final Launch launch;
  private final Options options;
  private final Progress progress;
  private final Map<String, Pairs> agent = new LinkedHashMap<>();
  private final Map<String, Pairs> profiler = new LinkedHashMap<>();

  FaultBenchmark(Launch launch, Options options, Progress progress) {
    this.launch = launch;
    this.options = options;
    this.progress = progress;
    for (String kind : KINDS) {
      agent.put(kind, new Pairs());
      profiler.put(kind, new Pairs());
    }
  }

  @Override
  public void run() throws IOException, InterruptedException {
    int rounds = options.quick() ? 1 : 5;
    for (int round = 1; round <= rounds; round++) {
      progress.say("page faults, round " + round + " of " + rounds);
      Output without = loop(null, List.of());
      add(agent, without, loop(Configuration.NO_EXPORTER.settings(), List.of()));
      if (options.profiler() != null) {
        Path profile = options.work().resolve("profile.txt");
        String start = "=start,event=page-faults,interval=1,collapsed,file=" + profile;
        add(profiler, without, loop(null, List.of("-agentpath:" + options.profiler() + start)));
      }
    }
  }

  private Output loop(String settings, List<String> jvmOptions) throws IOException, InterruptedException {
    return launch.java(
        settings,
        jvmOptions,
        "FaultLoop",
        options.work().resolve("faults.bin"),
        options.tools().resolve("evict"),
        options.quick() ? 8 : 24);
  }

  private static void add(Map<String, Pairs> figures, Output without, Output with) throws IOException {
    for (String kind : KINDS) {
      figures.get(kind).add(without.value("nanos", "kind=" + kind), with.value("nanos", "kind=" + kind));
    }
  }

  @Override
  public void report(Table table) {
    table.section("a page fault of a Java thread, by the clock, each one counted and timed", "ns");
    for (String kind : KINDS) {
      Pairs pairs = agent.get(kind);
      if (kind.equals("evicted")) {
        table.row(TITLES.get(kind), pairs, 0);
      } else {
        table.rowOfRatio(TITLES.get(kind), pairs, 0, TARGET_RATIO);
      }
    }
    if (options.profiler() == null) {
      table.note("async-profiler was not to be had");
      return;
    }
    table.section("the same with async-profiler -e page-faults, every fault", "ns");
    profiler.forEach((kind, pairs) -> table.row(TITLES.get(kind), pairs, 0));
    for (String kind : List.of("fresh", "warm")) {
      double times = profiler.get(kind).difference().median() / agent.get(kind).difference().median();
      table.note(
          String.format(
              "%s: the profiler adds %.0f times what the agent adds (target %.0f: %s)",
              TITLES.get(kind), times, TARGET_TIMES, times >= TARGET_TIMES ? "met" : "not met"));
    }
  }
}
