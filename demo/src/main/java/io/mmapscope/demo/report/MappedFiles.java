package io.mmapscope.demo.report;

import io.mmapscope.demo.report.PrometheusText.Sample;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What stands in the service's address space: its files by call site, everything else in a line. Immutable. */
final class MappedFiles {

  private static final int ROWS = 10;
  private static final int KINDS = 4;

  /** The tag's value for a mapping without a file, or of a file whose name has no extension. */
  private static final String NO_EXTENSION = "none";

  private final PrometheusText metrics;

  MappedFiles(PrometheusText metrics) {
    this.metrics = metrics;
  }

  private record Site(String owner, String function) {}

  /** The files of the application and of native libraries, by who mapped them. */
  Table table() {
    Map<Site, Map<String, Double>> bytes = new HashMap<>();
    for (Sample s : metrics.of("mmap.mapped.size", "")) {
      if (isListed(s)) {
        bytes.computeIfAbsent(site(s), k -> new HashMap<>()).merge(s.label("file_extension"), s.value(), Double::sum);
      }
    }
    Map<Site, Double> mappings = new HashMap<>();
    metrics.of("mmap.mappings", "").stream()
        .filter(MappedFiles::isListed)
        .forEach(s -> mappings.merge(site(s), s.value(), Double::sum));
    Table table =
        new Table("Mapped files by call site, live now", ">mapped", ">mappings", "owner", "call site", "kinds of file");
    bytes.entrySet().stream()
        .sorted(Comparator.comparing(e -> -total(e.getValue())))
        .limit(ROWS)
        .forEach(
            e ->
                table.row(
                    Table.bytes(total(e.getValue())),
                    Math.round(mappings.getOrDefault(e.getKey(), 0.0)),
                    e.getKey().owner(),
                    e.getKey().function().equals("unknown") ? "-" : Table.function(e.getKey().function()),
                    largest(e.getValue())));
    return table;
  }

  /** The bytes that the table leaves out. */
  String besides() {
    Map<String, Double> bytes = new HashMap<>();
    metrics.of("mmap.mapped.size", "").stream()
        .filter(s -> !isListed(s))
        .forEach(s -> bytes.merge(s.label("mmap_owner"), s.value(), Double::sum));
    double memory = bytes.getOrDefault("application", 0.0) + bytes.getOrDefault("native", 0.0);
    return String.format(
        Locale.ROOT,
        "  besides them: %s of the JVM itself (heap, code, classes), %s of other memory, %s of the agent%n",
        Table.bytes(bytes.getOrDefault("jvm", 0.0)),
        Table.bytes(memory),
        Table.bytes(bytes.getOrDefault("agent", 0.0)));
  }

  /**
   * How near the process is to the number of mappings that the kernel allows. Counted as the kernel counts: it keeps
   * neighbours that are alike as one, while the agent tells them apart by who made them.
   *
   * @param inKernel the kernel's mappings of the process
   */
  String againstLimit(long inKernel) {
    double limit = metrics.of("mmap.limit", "").stream().mapToDouble(Sample::value).max().orElse(Double.NaN);
    double known = metrics.of("mmap.mappings", "").stream().mapToDouble(Sample::value).sum();
    return String.format(
        Locale.ROOT,
        "  mappings: %s in the kernel, %.2f %% of the %s that vm.max_map_count allows; %s by who made them%n",
        Table.count(inKernel), 100 * inKernel / limit, Table.count(limit), Table.count(known));
  }

  private static boolean isListed(Sample s) {
    String owner = s.label("mmap_owner");
    return (owner.equals("application") || owner.equals("native"))
        && !s.label("file_extension").equals(NO_EXTENSION);
  }

  private static String largest(Map<String, Double> byExtension) {
    List<String> parts = new ArrayList<>();
    byExtension.entrySet().stream()
        .sorted(Comparator.comparing(e -> -e.getValue()))
        .limit(KINDS)
        .forEach(e -> parts.add("." + e.getKey() + " " + Table.bytes(e.getValue())));
    if (byExtension.size() > KINDS) {
      parts.add("…");
    }
    return String.join(", ", parts);
  }

  private static double total(Map<?, Double> values) {
    return values.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  private static Site site(Sample s) {
    return new Site(s.label("mmap_owner"), s.label("code_function_name"));
  }
}
