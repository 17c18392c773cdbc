package io.mmapscope.demo.report;

import io.mmapscope.demo.report.PrometheusText.Sample;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The tables of what was done since the start, from the agent's metrics. Immutable. */
final class MetricTables {

  private static final int ROWS = 10;

  private final PrometheusText metrics;

  MetricTables(PrometheusText metrics) {
    this.metrics = metrics;
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
    String title = "Operations by call site, since the start";
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

  /** The operations' names as the agent spells them, by what Zipkin makes of them: it keeps names in lower case. */
  Map<String, String> operationNames() {
    Map<String, String> names = new HashMap<>();
    for (Sample s : metrics.of("mmap.operation.duration", "_count")) {
      names.put(operation(s).toLowerCase(Locale.ROOT), operation(s));
    }
    return names;
  }

  /** What the agent could not attribute or failed at, as far as there was any. */
  Table remainders() {
    String title = "Unattributed events and failures of the agent (docs/metrics-and-spans.md says what each means)";
    Table table = new Table(title, ">count", "what", "why");
    metrics.of("mmapscope.unattributed", "_total").stream()
        .filter(s -> s.value() > 0)
        .forEach(s -> table.row(Math.round(s.value()), "unattributed", s.label("reason")));
    metrics.of("mmapscope.failures", "_total").stream()
        .filter(s -> s.value() > 0)
        .forEach(s -> table.row(Math.round(s.value()), "failure", s.label("where")));
    return table;
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
