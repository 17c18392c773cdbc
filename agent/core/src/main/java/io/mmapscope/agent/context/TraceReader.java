package io.mmapscope.agent.context;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;

/**
 * Reads the trace context that is current on the calling thread, from whichever tracing APIs the application has
 * loaded. Where two copies of the API have a current span each on one thread, which one is meant is not certain, and
 * there is none. Safe for any thread.
 */
public final class TraceReader {

  /** Internal names of the classes to watch for. */
  public static final Set<String> RECOGNISED = Set.of(SpanReader.API, SpanReader.JAVA_AGENT);

  private record Found(String name, ClassLoader loader) {}

  private final BiConsumer<String, Throwable> failures;
  private final Queue<Found> found = new ConcurrentLinkedQueue<>();
  private final List<SpanReader> unused = new ArrayList<>();
  /** Whether there is an API that is not among the readers yet. */
  private volatile boolean more;
  private volatile SpanReader[] readers = {};

  public TraceReader(BiConsumer<String, Throwable> failures) {
    this.failures = failures;
  }

  /** Notes a tracing API that is being loaded. Its classes cannot be resolved yet; the next reading does that. */
  public void found(String name, ClassLoader loader) {
    found.add(new Found(name, loader));
    more = true;
  }

  /**
   * Writes trace high, trace low and span id to three longs at {@code address}.
   *
   * @return bits as in {@link MmapscopeCells}: {@code TRACED}, {@code SAMPLED}; 0 where there is no valid span
   */
  public int read(MmapscopeThread thread, long address) {
    if (more) {
      takeUp();
    }
    int flags = 0;
    for (SpanReader reader : readers) {
      int read = read(reader, thread, address);
      if (read != 0 && flags != 0) {
        return 0;
      }
      flags |= read;
    }
    return flags;
  }

  private static int read(SpanReader reader, MmapscopeThread thread, long address) {
    try {
      Object context = (Object) reader.spanContext().invokeExact();
      if (context == null || !(boolean) reader.valid().invokeExact(context)) {
        return 0;
      }
      String trace = (String) reader.traceId().invokeExact(context);
      String span = (String) reader.spanId().invokeExact(context);
      if (trace != thread.traceText) {
        // Forgotten first: a text whose second half is none must not leave its first half to the one before.
        thread.traceText = null;
        thread.traceHigh = Hex.parse(trace, 0);
        thread.traceLow = Hex.parse(trace, 16);
        thread.traceText = trace;
      }
      if (span != thread.spanText) {
        thread.span = Hex.parse(span, 0);
        thread.spanText = span;
      }
      MmapscopeMemory.putLong(address, thread.traceHigh);
      MmapscopeMemory.putLong(address + 8, thread.traceLow);
      MmapscopeMemory.putLong(address + 16, thread.span);
      return (boolean) reader.sampled().invokeExact(context)
          ? MmapscopeCells.TRACED | MmapscopeCells.SAMPLED
          : MmapscopeCells.TRACED;
    } catch (Throwable notReadable) {
      // An application's own Context storage may throw; the operation is then in no trace.
      return 0;
    }
  }

  /** Takes up the APIs that were found and that the application has begun to use. */
  private synchronized void takeUp() {
    // Before looking: what is found meanwhile sets it again.
    more = false;
    for (Found next; (next = found.poll()) != null; ) {
      try {
        unused.add(SpanReader.of(next.name(), next.loader()));
      } catch (Throwable failure) {
        failures.accept("tracing API", failure);
      }
    }
    List<SpanReader> all = new ArrayList<>(List.of(readers));
    for (Iterator<SpanReader> candidates = unused.iterator(); candidates.hasNext(); ) {
      SpanReader candidate = candidates.next();
      if (candidate.inUse()) {
        all.add(candidate);
        candidates.remove();
      }
    }
    readers = all.toArray(new SpanReader[0]);
    if (!unused.isEmpty()) {
      more = true;
    }
  }
}
