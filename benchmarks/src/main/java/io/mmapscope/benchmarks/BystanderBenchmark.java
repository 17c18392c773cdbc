package io.mmapscope.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What another process on the machine pays for a system call. It has the first processor, the JVM the others. */
final class BystanderBenchmark implements Benchmark {

  private static final double TARGET_NANOS = 50;

  /** For the kernel to take the programs off again, which it does by itself after the process has ended. */
  private static final long SETTLE_MILLIS = 1500;

  /** For the agent to have started, and for the loop to be compiled. */
  private static final long WARM_UP_MILLIS = 2500;

  private final Launch launch;
  private final Options options;
  private final Progress progress;
  private final boolean pinned;
  private final Map<String, Pairs> figures = new LinkedHashMap<>();

  BystanderBenchmark(Launch launch, Options options, Progress progress) {
    this.launch = launch;
    this.options = options;
    this.progress = progress;
    this.pinned = Runtime.getRuntime().availableProcessors() > 1;
  }

  @Override
  public void run() throws IOException, InterruptedException {
    int rounds = options.quick() ? 2 : 7;
    for (int round = 1; round <= rounds; round++) {
      progress.say("bystander, round " + round + " of " + rounds);
      Thread.sleep(SETTLE_MILLIS);
      double alone = bystander();
      double[] without = besideJvm(Configuration.WITHOUT);
      double[] with = besideJvm(Configuration.NO_EXPORTER);
      add("no JVM / JVM with agent at rest", alone, with[0]);
      add("JVM at rest", without[0], with[0]);
      add("JVM that maps and unmaps", without[1], with[1]);
    }
  }

  private void add(String name, double without, double with) {
    figures.computeIfAbsent(name, key -> new Pairs()).add(without, with);
  }

  private double bystander() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(onProcessors("0"));
    command.add(options.tools().resolve("bystander").toString());
    return launch.run(command).value("getppid");
  }

  private List<String> onProcessors(String list) {
    return pinned ? List.of("taskset", "-c", list) : List.of();
  }

  /** The bystander's system call beside a JVM at rest and beside one that maps. */
  private double[] besideJvm(Configuration configuration) throws IOException, InterruptedException {
    List<String> others = onProcessors("1-" + (Runtime.getRuntime().availableProcessors() - 1));
    Process jvm =
        launch.start(
            configuration, others, "Partner", options.file(), "io.mmapscope.benchmarks.program.ChannelMapping");
    try (Writer commands = jvm.outputWriter();
        BufferedReader answers = jvm.inputReader()) {
      tell(commands, answers, "map");
      Thread.sleep(WARM_UP_MILLIS);
      double mapping = bystander();
      tell(commands, answers, "rest");
      Thread.sleep(200);
      return new double[] {bystander(), mapping};
    } finally {
      if (!jvm.waitFor(10, TimeUnit.SECONDS)) {
        jvm.destroyForcibly();
      }
    }
  }

  private static void tell(Writer commands, BufferedReader answers, String command) throws IOException {
    commands.write(command + "\n");
    commands.flush();
    if (!"ready".equals(answers.readLine())) {
      throw new IOException("the JVM beside the bystander ended");
    }
  }

  @Override
  public void report(Table table) {
    table.section("system call (getppid) of another process" + (pinned ? ", on a processor of its own" : ""), "ns");
    figures.forEach((name, pairs) -> table.row(name, pairs, 1, TARGET_NANOS));
  }
}
