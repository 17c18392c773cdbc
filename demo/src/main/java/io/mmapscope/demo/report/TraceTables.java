package io.mmapscope.demo.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The tables that the traces answer. Immutable. */
final class TraceTables {

  private static final int ROWS = 10;

  private final Traces traces;

  TraceTables(Traces traces) {
    this.traces = traces;
  }

  /** What each route's requests mapped. */
  Table mapsPerRequest() {
    Map<String, List<ZipkinSpan>> requests = new TreeMap<>();
    for (ZipkinSpan request : traces.requests()) {
      requests.computeIfAbsent(route(request), k -> new ArrayList<>()).add(request);
    }
    Map<ZipkinSpan, List<ZipkinSpan>> mapsOf = new HashMap<>();
    int outside = 0;
    for (ZipkinSpan map : traces.spans(ZipkinSpan::isMap)) {
      Optional<ZipkinSpan> request = traces.requestOf(map);
      if (request.isPresent()) {
        mapsOf.computeIfAbsent(request.get(), k -> new ArrayList<>()).add(map);
      } else {
        outside++;
      }
    }
    Table table =
        new Table(
            "Maps per request (FileChannel.map spans below it; "
                + Table.count(outside)
                + " more were slow enough for a span outside any request)",
            "route", ">requests", ">mapping", ">maps", ">mean", ">most", ">bytes mapped", ">of its time");
    requests.forEach((route, all) -> table.row(mapsRow(route, all, mapsOf)));
    return table;
  }

  private static Object[] mapsRow(
      String route, List<ZipkinSpan> requests, Map<ZipkinSpan, List<ZipkinSpan>> mapsOf) {
    List<List<ZipkinSpan>> maps = requests.stream().map(r -> mapsOf.getOrDefault(r, List.of())).toList();
    long total = maps.stream().mapToLong(List::size).sum();
    double bytes = maps.stream().flatMap(List::stream).mapToDouble(m -> m.number("mmap.length")).sum();
    double mapMicros = maps.stream().flatMap(List::stream).mapToDouble(ZipkinSpan::durationMicros).sum();
    double requestMicros = requests.stream().mapToDouble(ZipkinSpan::durationMicros).sum();
    return new Object[] {
      route,
      requests.size(),
      maps.stream().filter(m -> !m.isEmpty()).count(),
      total,
      String.format(Locale.ROOT, "%.1f", (double) total / requests.size()),
      maps.stream().mapToInt(List::size).max().orElse(0),
      Table.bytes(bytes),
      String.format(Locale.ROOT, "%.1f %%", 100 * mapMicros / Math.max(1, requestMicros))
    };
  }

  /**
   * Who stands behind a call site that all maps share, such as a library's one method that maps: the first frame of the
   * stack in another package.
   */
  Table askedFor() {
    Map<String, double[]> totals = new HashMap<>();
    for (ZipkinSpan map : traces.spans(ZipkinSpan::isMap)) {
      double[] total = totals.computeIfAbsent(firstFrameElsewhere(map), k -> new double[2]);
      total[0]++;
      total[1] += map.number("mmap.length");
    }
    String title = "Who asked for the maps (first frame outside the call site's package)";
    Table table = new Table(title, ">maps", ">bytes mapped", "frame");
    totals.entrySet().stream()
        .sorted(Comparator.comparing(e -> -e.getValue()[0]))
        .limit(ROWS)
        .forEach(e -> table.row(Math.round(e.getValue()[0]), Table.bytes(e.getValue()[1]), e.getKey()));
    return table;
  }

  /** The operations that took longest, wherever. */
  Table slowest() {
    Table table =
        new Table(
            "Slowest operations",
            ">took", ">in the kernel", "operation", ">length", "file", "call site", "request");
    traces.spans(ZipkinSpan::fromAgent).stream()
        .sorted(Comparator.comparing(s -> -s.durationMicros()))
        .limit(ROWS)
        .forEach(
            s ->
                table.row(
                    Table.time(s.durationMicros() / 1e6),
                    s.tag("mmap.kernel.duration").isEmpty() ? "?" : Table.time(s.number("mmap.kernel.duration")),
                    s.name(),
                    Table.bytes(s.number("mmap.length")),
                    fileName(s.tag("file.path")),
                    callSite(s, "code.function.name", "code.line.number"),
                    traces.requestOf(s).map(TraceTables::route).orElse("-")));
    return table;
  }

  /** Each call of remap_file_pages: who called, and who had made the mapping. */
  Table remaps() {
    Table table = new Table("remap_file_pages", "caller", "the mapping's creator", "arguments", "result");
    for (ZipkinSpan span : remapSpans()) {
      for (ZipkinSpan.Annotation call : span.annotations()) {
        if (call.name().equals("remap_file_pages")) {
          table.row(
              callSite(span, "code.function.name", "code.line.number"),
              callSite(span, "mmap.origin.function.name", "mmap.origin.line.number"),
              call.attributes().getOrDefault("mmap.syscall.args", call.text()),
              call.attributes().getOrDefault("mmap.syscall.result", "?"));
        }
      }
    }
    return table;
  }

  /** The spans with a call of remap_file_pages whose caller and creator are both named. */
  List<ZipkinSpan> remapSpans() {
    return traces.spans(
        s ->
            s.hasSyscall("remap_file_pages")
                && !s.tag("code.function.name").isEmpty()
                && !s.tag("mmap.origin.function.name").isEmpty());
  }

  /** A request's name as the service gave it; Zipkin keeps span names in lower case. */
  static String route(ZipkinSpan request) {
    return request.tag("http.request.method") + " " + request.tag("http.route");
  }

  private static String firstFrameElsewhere(ZipkinSpan map) {
    String site = map.tag("code.function.name");
    String itsPackage = packageOf(site);
    for (String line : map.tag("code.stacktrace").split("\n")) {
      String frame = line.strip().replaceFirst("^at ", "");
      int bracket = frame.indexOf('(');
      if (bracket > 0 && !packageOf(frame.substring(0, bracket)).equals(itsPackage)) {
        return Table.function(frame.substring(0, bracket)) + frame.substring(bracket);
      }
    }
    return Table.function(site);
  }

  /** The package of {@code package.Class.method}. */
  private static String packageOf(String function) {
    int method = function.lastIndexOf('.');
    int type = method < 0 ? -1 : function.lastIndexOf('.', method - 1);
    return type < 0 ? "" : function.substring(0, type);
  }

  private static String callSite(ZipkinSpan span, String function, String line) {
    return Table.function(span.tag(function)) + (span.tag(line).isEmpty() ? "" : ":" + span.tag(line));
  }

  private static String fileName(String path) {
    return path.isEmpty() ? "-" : path.substring(path.lastIndexOf('/') + 1);
  }
}
