package io.mmapscope.demo.report;

import io.mmapscope.demo.report.PrometheusText.Sample;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What page faults cost: from the agent's metrics, and in the request that waited longest for them. Immutable. */
final class FaultTables {

  private static final int ROWS = 8;

  private final PrometheusText metrics;

  FaultTables(PrometheusText metrics) {
    this.metrics = metrics;
  }

  private record Place(String owner, String memory, String extension, String function) {}

  /** Page faults by what was touched, the dearest first. */
  Table byPlace() {
    Map<Place, double[]> totals = new HashMap<>();
    for (Sample s : metrics.of("mmap.fault.duration", "_count")) {
      totals.computeIfAbsent(place(s), k -> new double[3])[s.label("system_paging_fault_type").equals("major") ? 1 : 0] +=
          s.value();
    }
    for (Sample s : metrics.of("mmap.fault.duration", "_sum")) {
      totals.computeIfAbsent(place(s), k -> new double[3])[2] += s.value();
    }
    Table table =
        new Table(
            "Page faults since the start, by what was touched",
            ">minor", ">major", ">total", "owner", "memory", "kind of file", "mapped by");
    totals.entrySet().stream()
        .filter(e -> e.getValue()[0] + e.getValue()[1] > 0)
        .sorted(Comparator.comparing(e -> -e.getValue()[2]))
        .limit(ROWS)
        .forEach(e -> table.row(row(e.getKey(), e.getValue())));
    return table;
  }

  private static Object[] row(Place place, double[] total) {
    return new Object[] {
      Math.round(total[0]),
      Math.round(total[1]),
      Table.time(total[2]),
      place.owner(),
      place.memory(),
      ofFile(place.extension()),
      place.function().equals("unknown") ? "-" : Table.function(place.function())
    };
  }

  private static String ofFile(String extension) {
    return extension.equals("none") || extension.equals("unknown") ? "-" : "." + extension;
  }

  private static Place place(Sample s) {
    return new Place(
        s.label("mmap_owner"), s.label("mmap_memory"), s.label("file_extension"), s.label("code_function_name"));
  }

  /** The search that waited longest for page faults. */
  static Optional<ZipkinSpan> dearest(Traces traces) {
    List<ZipkinSpan> stalls =
        traces.spans(
            span ->
                span.fromAgent()
                    && span.name().equals("page_faults")
                    && traces.requestOf(span).filter(r -> r.tag("http.route").equals("/search")).isPresent());
    return stalls.stream().max(Comparator.comparing(stall -> stall.number("mmap.faults.duration")));
  }

  /** What a request waited for, in a few lines. */
  static String story(Traces traces, ZipkinSpan stall) {
    ZipkinSpan request = traces.requestOf(stall).orElseThrow();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s took %s, of which %s waiting for %s page faults (%s of them major). The dearest files:%n",
            SpanText.route(request),
            Table.time(request.durationMicros() / 1e6),
            Table.time(stall.number("mmap.faults.duration")),
            Table.count((long) (stall.number("mmap.faults.minor") + stall.number("mmap.faults.major"))),
            Table.count((long) stall.number("mmap.faults.major"))));
    // Events of one time have no order in Zipkin.
    stall.annotations().stream()
        .map(ZipkinSpan.Annotation::attributes)
        .filter(file -> file.containsKey("file.path"))
        .sorted(Comparator.comparing(FaultTables::seconds).reversed())
        .forEach(file -> text.append(line(file)));
    return text.toString();
  }

  private static double seconds(Map<String, Object> file) {
    return Double.parseDouble(file.get("mmap.faults.duration").toString());
  }

  private static String line(Map<String, Object> file) {
    return String.format(
        "  %-20s %8s in %s faults, mapped by %s%n",
        SpanText.fileName(file.get("file.path").toString()),
        Table.time(seconds(file)),
        file.get("mmap.faults"),
        Table.function(String.valueOf(file.getOrDefault("mmap.origin.function.name", ""))));
  }
}
