package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Stall;
import io.mmapscope.agent.model.TraceContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Adds up what each span of the application waits for page faults. The agent is not told when a span ends, so a span
 * that had no fault for {@link #QUIET_NANOS} is taken for done; should it go on to fault it has a second sum. Only for the
 * agent's thread.
 */
final class Stalls {

  static final long QUIET_NANOS = 2_000_000_000L;

  private static final int MOST_SPANS = 16_384;
  private static final int MOST_FILES = 256;

  private record Span(long traceHigh, long traceLow, long id) {}

  private record File(String path, CallSite callSite) {}

  private static final class Sum {
    long startNanos;
    long endNanos;
    long minor;
    long major;
    long nanos;
    final Map<File, long[]> files = new HashMap<>();
  }

  private final long minNanos;
  private final Consumer<Stall> done;
  private final Map<Span, Sum> sums = new LinkedHashMap<>();
  private Span last;
  private Sum lastSum;

  /**
   * @param minNanos shorter sums are of no interest
   * @param done told of the others
   */
  Stalls(long minNanos, Consumer<Stall> done) {
    this.minNanos = minNanos;
    this.done = done;
  }

  /** @param mapping what was touched, or null where that is not certain */
  void add(HeldFaults.Fault fault, Mapping mapping) {
    Sum sum = sum(fault);
    sum.startNanos = Math.min(sum.startNanos, fault.startNanos());
    sum.endNanos = Math.max(sum.endNanos, fault.endNanos);
    sum.minor += fault.major() ? 0 : 1;
    sum.major += fault.major() ? 1 : 0;
    sum.nanos += fault.durationNanos;
    if (mapping != null && mapping.path() != null) {
      addFile(sum, new File(mapping.path(), mapping.creator().callSite()), fault.durationNanos);
    }
  }

  private static void addFile(Sum sum, File file, long nanos) {
    long[] part = sum.files.get(file);
    if (part == null) {
      if (sum.files.size() == MOST_FILES) {
        return;
      }
      part = new long[2];
      sum.files.put(file, part);
    }
    part[0]++;
    part[1] += nanos;
  }

  /** Faults come many to a span: the one before is looked at first. */
  private Sum sum(HeldFaults.Fault fault) {
    if (last != null
        && last.id == fault.span
        && last.traceLow == fault.traceLow
        && last.traceHigh == fault.traceHigh) {
      return lastSum;
    }
    last = new Span(fault.traceHigh, fault.traceLow, fault.span);
    lastSum = sums.get(last);
    if (lastSum == null) {
      if (sums.size() == MOST_SPANS) {
        finishOldest();
      }
      lastSum = new Sum();
      lastSum.startNanos = fault.startNanos();
      lastSum.endNanos = fault.endNanos;
      sums.put(last, lastSum);
    }
    return lastSum;
  }

  private void finishOldest() {
    Iterator<Map.Entry<Span, Sum>> oldest = sums.entrySet().iterator();
    finish(oldest.next());
    oldest.remove();
  }

  /** Finishes the spans that had no fault since a moment. */
  void finishBefore(long nanos) {
    for (Iterator<Map.Entry<Span, Sum>> all = sums.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Span, Sum> next = all.next();
      if (next.getValue().endNanos - nanos < 0) {
        finish(next);
        all.remove();
      }
    }
    last = null;
  }

  void finishAll() {
    sums.entrySet().forEach(this::finish);
    sums.clear();
    last = null;
  }

  private void finish(Map.Entry<Span, Sum> entry) {
    Sum sum = entry.getValue();
    if (sum.nanos < minNanos) {
      return;
    }
    Span span = entry.getKey();
    TraceContext trace = new TraceContext(span.traceHigh(), span.traceLow(), span.id(), true);
    done.accept(new Stall(trace, sum.startNanos, sum.endNanos, sum.minor, sum.major, sum.nanos, dearest(sum)));
  }

  private static List<Stall.File> dearest(Sum sum) {
    List<Stall.File> files = new ArrayList<>(sum.files.size());
    sum.files.forEach((file, part) -> files.add(new Stall.File(file.path(), file.callSite(), part[0], part[1])));
    files.sort(Comparator.comparingLong(Stall.File::durationNanos).reversed());
    return List.copyOf(files.subList(0, Math.min(Stall.MOST_FILES, files.size())));
  }
}
