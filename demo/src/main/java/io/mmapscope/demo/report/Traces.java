package io.mmapscope.demo.report;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** All traces of the service, and what the report asks of them. Immutable. */
final class Traces {

  /** With fewer maps a trace does not show what reopening a reader costs. */
  private static final int TELLING_MAPS = 5;

  private final List<ZipkinSpan> spans;
  private final Map<String, ZipkinSpan> byId = new HashMap<>();
  private final Map<String, Integer> sizes = new HashMap<>();

  Traces(List<List<ZipkinSpan>> traces) {
    this.spans = traces.stream().flatMap(List::stream).toList();
    for (ZipkinSpan span : spans) {
      byId.put(key(span.traceId(), span.id()), span);
      sizes.merge(span.traceId(), 1, Integer::sum);
    }
  }

  int size() {
    return spans.size();
  }

  List<ZipkinSpan> spans(Predicate<ZipkinSpan> which) {
    return spans.stream().filter(which).toList();
  }

  /** The spans of requests. */
  List<ZipkinSpan> requests() {
    return spans(span -> "SERVER".equals(span.kind()));
  }

  /** The request that a span belongs to: the nearest above it in the same trace, whatever lies between. */
  Optional<ZipkinSpan> requestOf(ZipkinSpan span) {
    ZipkinSpan at = span;
    // a span is no deeper than its trace has spans: a bound for the case of a cycle in what was stored
    for (int depth = 0; at != null && depth <= sizes.get(span.traceId()); depth++) {
      if ("SERVER".equals(at.kind())) {
        return Optional.of(at);
      }
      at = at.parentId() == null ? null : byId.get(key(at.traceId(), at.parentId()));
    }
    return Optional.empty();
  }

  /**
   * The request to show, of those with maps that have their kernel call: a search, because there a user waits for the
   * maps; and of the searches that mapped at least {@value #TELLING_MAPS} times the one with fewest spans.
   */
  Optional<ZipkinSpan> bestExample() {
    Map<ZipkinSpan, Integer> maps = new HashMap<>();
    for (ZipkinSpan map : spans(span -> span.isMap() && span.hasSyscall("mmap"))) {
      requestOf(map).ifPresent(request -> maps.merge(request, 1, Integer::sum));
    }
    Comparator<ZipkinSpan> search = Comparator.comparing(request -> request.tag("http.route").equals("/search"));
    Comparator<ZipkinSpan> telling = Comparator.comparing(request -> maps.get(request) >= TELLING_MAPS);
    Comparator<ZipkinSpan> longest = Comparator.comparing(request -> sizes.get(request.traceId()));
    return maps.keySet().stream()
        .max(search.thenComparing(telling).thenComparing(longest.reversed()).thenComparing(ZipkinSpan::startMicros));
  }

  private static String key(String traceId, String id) {
    return traceId + "/" + id;
  }
}
