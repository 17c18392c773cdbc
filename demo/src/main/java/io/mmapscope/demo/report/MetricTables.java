package io.mmapscope.demo.report;

import io.mmapscope.demo.report.PrometheusText.Sample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The tables that the agent's metrics answer. Immutable. */
final class MetricTables {

  private static final int ROWS = 10;

  private final PrometheusText metrics;

  MetricTables(PrometheusText metrics) {
    this.metrics = metrics;
  }

  /** Who made a mapping, as its tags say. */
  private record Site(String owner, String function) {}

  /** What stands in the address space now, by call site. */
  Table topByMappedBytes() {
    Map<Site, Map<String, Double>> bytes = new HashMap<>();
    for (Sample s : metrics.of("mmap.mapped.size", "")) {
      bytes.computeIfAbsent(site(s), k -> new HashMap<>()).merge(s.label("file_extension"), s.value(), Double::sum);
    }
    Map<Site, Double> mappings = sum(metrics.of("mmap.mappings", ""));
    Table table =
        new Table("Top call sites by mapped bytes, live now", ">mapped", ">mappings", "owner", "call site", "files");
    bytes.entrySet().stream()
        .sorted(Comparator.comparing(e -> -total(e.getValue())))
        .limit(ROWS)
        .forEach(
            e ->
                table.row(
                    Table.bytes(total(e.getValue())),
                    Math.round(mappings.getOrDefault(e.getKey(), 0.0)),
                    e.getKey().owner(),
                    Table.function(e.getKey().function()),
                    largest(e.getValue())));
    return table;
  }

  /** What was done since the start, by operation and call site. */
  Table topByCount() {
    record Key(String operation, String function) {}
    Map<Key, double[]> totals = new HashMap<>();
    for (Sample s : metrics.of("mmap.operation.duration", "_count")) {
      double[] total = totals.computeIfAbsent(new Key(operation(s), function(s)), k -> new double[3]);
      total[0] += s.value();
      total[1] += failed(s) ? s.value() : 0;
    }
    for (Sample s : metrics.of("mmap.operation.duration", "_sum")) {
      totals.computeIfAbsent(new Key(operation(s), function(s)), k -> new double[3])[2] += s.value();
    }
    String title = "Top call sites by count, since the start";
    Table table = new Table(title, ">count", ">failed", ">total", ">mean", "operation", "call site");
    totals.entrySet().stream()
        .filter(e -> e.getValue()[0] > 0)
        .sorted(Comparator.comparing(e -> -e.getValue()[0]))
        .limit(ROWS)
        .forEach(
            e ->
                table.row(
                    Math.round(e.getValue()[0]),
                    Math.round(e.getValue()[1]),
                    Table.time(e.getValue()[2]),
                    Table.time(e.getValue()[2] / e.getValue()[0]),
                    e.getKey().operation(),
                    Table.function(e.getKey().function())));
    return table;
  }

  /** How near the process is to the number of mappings that the kernel allows. */
  String mappingsAgainstLimit() {
    double mappings = metrics.of("mmap.mappings", "").stream().mapToDouble(Sample::value).sum();
    double limit = metrics.of("mmap.limit", "").stream().mapToDouble(Sample::value).max().orElse(Double.NaN);
    return String.format(
        Locale.ROOT,
        "Mappings: %s of the %s that vm.max_map_count allows (%.2f %%)%n",
        Table.count(mappings), Table.count(limit), 100 * mappings / limit);
  }

  /** What became of each event that the kernel counted; what is not in these columns was never seen. */
  Table kernelEvents() {
    Map<String, Map<String, Double>> hooks = new TreeMap<>();
    for (Sample s : metrics.of("mmapscope.kernel.events", "_total")) {
      hooks.computeIfAbsent(s.label("hook"), k -> new TreeMap<>()).merge(s.label("fate"), s.value(), Double::sum);
    }
    Table table =
        new Table(
            "Kernel events: seen = joined to an operation + sent by themselves + lost",
            "hook", ">seen", ">joined", ">sent", ">lost");
    hooks.forEach(
        (hook, fates) ->
            table.row(hook, Math.round(total(fates)), fate(fates, "joined"), fate(fates, "sent"), fate(fates, "lost")));
    return table;
  }

  /** What the agent could not attribute or failed at, as far as there was any. */
  Table remainders() {
    Table table = new Table("Unattributed events and failures of the agent", ">count", "what", "why");
    metrics.of("mmapscope.unattributed", "_total").stream()
        .filter(s -> s.value() > 0)
        .forEach(s -> table.row(Math.round(s.value()), "unattributed", s.label("reason")));
    metrics.of("mmapscope.failures", "_total").stream()
        .filter(s -> s.value() > 0)
        .forEach(s -> table.row(Math.round(s.value()), "failure", s.label("where")));
    return table;
  }

  private static Map<Site, Double> sum(List<Sample> samples) {
    return samples.stream().collect(Collectors.groupingBy(MetricTables::site, Collectors.summingDouble(Sample::value)));
  }

  private static String largest(Map<String, Double> byExtension) {
    List<String> parts = new ArrayList<>();
    byExtension.entrySet().stream()
        .filter(e -> !e.getKey().isEmpty())
        .sorted(Comparator.comparing(e -> -e.getValue()))
        .limit(4)
        .forEach(e -> parts.add("." + e.getKey() + " " + Table.bytes(e.getValue())));
    return String.join(", ", parts);
  }

  private static double total(Map<?, Double> values) {
    return values.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  private static long fate(Map<String, Double> fates, String fate) {
    return Math.round(fates.getOrDefault(fate, 0.0));
  }

  private static Site site(Sample s) {
    return new Site(s.label("mmap_owner"), function(s));
  }

  private static String function(Sample s) {
    return s.label("code_function_name");
  }

  private static String operation(Sample s) {
    return s.label("mmap_operation");
  }

  /** Micrometer needs each tag on each sample, so success has a value too. */
  private static boolean failed(Sample s) {
    String errorType = s.label("error_type");
    return !errorType.isEmpty() && !errorType.equals("none");
  }
}
