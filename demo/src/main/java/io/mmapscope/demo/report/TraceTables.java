package io.mmapscope.demo.report;

import java.util.ArrayList;
import java.util.Collections;
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
  private static final int SITE_WIDTH = 50;

  private final Traces traces;
  private final SpanText text;

  TraceTables(Traces traces, SpanText text) {
    this.traces = traces;
    this.text = text;
  }

  /** What each route's requests mapped. */
  Table mapsPerRequest() {
    Map<String, List<ZipkinSpan>> requests = new TreeMap<>();
    for (ZipkinSpan request : traces.requests()) {
      requests.computeIfAbsent(SpanText.route(request), k -> new ArrayList<>()).add(request);
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
            "Maps per request" + (outside == 0 ? "" : " (" + Table.count(outside) + " slow ones belong to none)"),
            "route", ">requests", ">that map", ">maps", ">mean", ">most", ">bytes mapped", ">share of their time");
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

  /** Who stands behind a call site that all maps share, such as a library's one method that maps. */
  Table askedFor() {
    Map<String, double[]> totals = new HashMap<>();
    for (ZipkinSpan map : traces.spans(ZipkinSpan::isMap)) {
      double[] total = totals.computeIfAbsent(SpanText.firstFrameElsewhere(map), k -> new double[2]);
      total[0]++;
      total[1] += map.number("mmap.length");
    }
    String title = "Who asked for the maps (first frame outside the call site's package)";
    Table table = new Table(title, ">maps", ">bytes mapped", "frame");
    totals.entrySet().stream()
        .sorted(Comparator.comparing(e -> -e.getValue()[1]))
        .limit(ROWS)
        .forEach(e -> table.row(Math.round(e.getValue()[0]), Table.bytes(e.getValue()[1]), e.getKey()));
    return table;
  }

  /**
   * Of each operation at each call site the slowest one, and of each system call outside any. The agent's spans are
   * those in a request, and slow ones.
   */
  Table slowest() {
    record Key(String operation, String site) {}
    Map<Key, List<ZipkinSpan>> groups = new HashMap<>();
    for (ZipkinSpan span : traces.spans(span -> span.fromAgent() && !span.isFault())) {
      String site = SpanText.hasCallSite(span) ? SpanText.siteOrThread(span) : "";
      groups.computeIfAbsent(new Key(span.name(), site), k -> new ArrayList<>()).add(span);
    }
    Table table =
        new Table(
            "Slowest operations, one of each call site",
            ">slowest", ">in the kernel", ">spans", "operation", "file", "call site", "request");
    Comparator<ZipkinSpan> byDuration = Comparator.comparing(ZipkinSpan::durationMicros);
    groups.values().stream()
        .sorted(Comparator.comparing(spans -> Collections.max(spans, byDuration), byDuration.reversed()))
        .limit(ROWS)
        .forEach(spans -> table.row(slowestRow(Collections.max(spans, byDuration), spans.size())));
    return table;
  }

  private Object[] slowestRow(ZipkinSpan span, int spans) {
    return new Object[] {
      Table.time(span.durationMicros() / 1e6),
      span.tag("mmap.kernel.duration").isEmpty() ? "?" : Table.time(span.number("mmap.kernel.duration")),
      spans,
      text.operation(span),
      SpanText.fileName(span.tag("file.path")),
      Table.end(SpanText.siteOrThread(span), SITE_WIDTH),
      traces.requestOf(span).map(SpanText::route).orElse("-")
    };
  }

  /** Each call of remap_file_pages: who called, and who had made the mapping. */
  Table remaps() {
    Table table = new Table("remap_file_pages: a native call, its Java caller, and who had made the mapping", "", "");
    for (ZipkinSpan span : remapSpans()) {
      for (ZipkinSpan.Annotation call : span.annotations()) {
        if (call.name().equals("remap_file_pages")) {
          table.row("file", SpanText.fileName(span.tag("file.path")));
          table.row("mapped by", SpanText.callSite(span, "mmap.origin.function.name", "mmap.origin.line.number"));
          table.row("remapped by", SpanText.callSite(span, "code.function.name", "code.line.number"));
          table.row("system call", SpanText.systemCall(call));
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

  /** What to look at in a request's trace, in a few lines. */
  String story(ZipkinSpan request) {
    List<ZipkinSpan> maps =
        traces.spans(span -> span.isMap() && traces.requestOf(span).filter(request::equals).isPresent());
    ZipkinSpan largest = Collections.max(maps, Comparator.comparing(map -> map.number("mmap.length")));
    String call =
        largest.annotations().stream()
            .filter(annotation -> annotation.name().equals("mmap"))
            .map(SpanText::systemCall)
            .findFirst()
            .orElse("no system call is known of it");
    return String.format(
        Locale.ROOT,
        "%s took %s and had to map %d files (%d maps, together %s). The largest:%n"
            + "  %s of %s (%s), %s%n  for %s%n  %s",
        SpanText.route(request),
        Table.time(request.durationMicros() / 1e6),
        maps.stream().map(map -> map.tag("file.path")).distinct().count(),
        maps.size(),
        Table.time(maps.stream().mapToLong(ZipkinSpan::durationMicros).sum() / 1e6),
        text.operation(largest),
        SpanText.fileName(largest.tag("file.path")),
        Table.bytes(largest.number("mmap.length")),
        SpanText.callSite(largest, "code.function.name", "code.line.number"),
        SpanText.firstFrameElsewhere(largest),
        call);
  }
}
