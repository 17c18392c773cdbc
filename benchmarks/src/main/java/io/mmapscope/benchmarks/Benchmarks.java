package io.mmapscope.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What the agent costs: everything is measured in fresh processes, without and with the agent in turn, and printed as
 * one table with the project's targets. Started by {@code run.sh}.
 */
public final class Benchmarks {

  private Benchmarks() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Options options = Options.of(arguments);
    Progress progress = new Progress();
    Files.createDirectories(options.work());
    Files.write(options.file(), new byte[64 * 1024]);
    try (Collector collector = new Collector()) {
      Launch launch = new Launch(options, collector);
      StartBenchmark start = new StartBenchmark(launch, options, progress);
      Map<String, Benchmark> all = new LinkedHashMap<>();
      all.put("map", new MapBenchmark(launch, options, progress));
      all.put("faults", new FaultBenchmark(launch, options, progress));
      all.put("contexts", new ContextBenchmark(launch, options, progress));
      all.put("bystander", new BystanderBenchmark(launch, options, progress));
      all.put("many", new ManyBenchmark(launch, options, progress));
      all.put("start", start);
      if (!options.only().isEmpty()) {
        all.keySet().retainAll(options.only());
      }
      Table table = new Table();
      for (Benchmark each : all.values()) {
        each.run();
      }
      for (Benchmark each : all.values()) {
        each.report(table);
      }
      progress.say("done");
      describe(options, launch, start.startUpLine());
      System.out.println(table);
      System.out.printf(
          "%nThe collector was sent %d requests with %d bytes.%n", collector.requests(), collector.bytes());
    }
  }

  private static void describe(Options options, Launch launch, String startUpLine)
      throws IOException, InterruptedException {
    System.out.println("kernel     " + Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip());
    System.out.println("JDK        " + options.jdk() + ", " + launch.javaVersion());
    System.out.println("processors " + Runtime.getRuntime().availableProcessors());
    System.out.println("load       " + Files.readString(Path.of("/proc/loadavg")).strip());
    System.out.println("agent      " + startUpLine);
    System.out.println(
        String.format(
            Locale.ROOT,
            "%nMedians; \"more\" is the median of the pairs' differences, \"ratio\" of their ratios.%s",
            options.quick() ? " A quick run: too few pairs to rely on." : ""));
  }
}
