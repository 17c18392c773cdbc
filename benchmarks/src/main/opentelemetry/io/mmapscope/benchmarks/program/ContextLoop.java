package io.mmapscope.benchmarks.program;

import com.sun.management.ThreadMXBean;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Makes contexts of sampled spans current and closes their scopes, and prints what a pair of the two takes, one line a
 * kind, the median of some rounds:
 *
 * <pre>kind=child nanos=41.3 bytes=24.00</pre>
 *
 * where {@code child} is a span within another of its trace, {@code request} the first span of a trace, {@code virtual}
 * a child on a virtual thread, and {@code yield} one {@code Thread.yield()} of a virtual thread within a span, which
 * leaves its carrier and comes back. Before JDK 21 there are no virtual threads.
 *
 * <p>Arguments: rounds of each kind.
 */
public final class ContextLoop {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int CONTEXTS = 1024;
  private static final int PAIRS = 2_000_000;
  private static final int YIELDS = 200_000;
  private static final int WARM_UP = 5;

  private interface Step {
    void run(int times);
  }

  private static final SplittableRandom RANDOM = new SplittableRandom(1);
  private static final Context PARENT = context(trace());
  private static final Context[] CHILDREN = contexts(PARENT);
  private static final Context[] REQUESTS = contexts(null);

  private ContextLoop() {}

  public static void main(String[] arguments) throws Exception {
    int rounds = Integer.parseInt(arguments[0]);
    // The agent follows virtual threads from soon after the first context on.
    ContextLoop.pairs(REQUESTS, 1);
    Thread.sleep(2500);
    measure("request", times -> pairs(REQUESTS, times), PAIRS, rounds);
    measure("child", ContextLoop::withinParent, PAIRS, rounds);
    if (Runtime.version().feature() >= 21) {
      onVirtualThread(() -> measure("virtual", ContextLoop::withinParent, PAIRS, rounds));
      onVirtualThread(() -> measure("yield", ContextLoop::yieldWithinParent, YIELDS, rounds));
    }
  }

  private static String trace() {
    return String.format("%016x%016x", RANDOM.nextLong(1, Long.MAX_VALUE), RANDOM.nextLong());
  }

  private static Context context(String trace) {
    String span = String.format("%016x", RANDOM.nextLong(1, Long.MAX_VALUE));
    SpanContext ids = SpanContext.create(trace, span, TraceFlags.getSampled(), TraceState.getDefault());
    return Context.root().with(Span.wrap(ids));
  }

  private static Context[] contexts(Context parent) {
    Context[] contexts = new Context[CONTEXTS];
    for (int i = 0; i < CONTEXTS; i++) {
      contexts[i] = context(parent == null ? trace() : Span.fromContext(parent).getSpanContext().getTraceId());
    }
    return contexts;
  }

  private static void pairs(Context[] contexts, int times) {
    for (int i = 0; i < times; i++) {
      try (Scope scope = contexts[i & CONTEXTS - 1].makeCurrent()) {
        // Nothing is done within.
      }
    }
  }

  private static void withinParent(int times) {
    try (Scope scope = PARENT.makeCurrent()) {
      pairs(CHILDREN, times);
    }
  }

  private static void yieldWithinParent(int times) {
    try (Scope scope = PARENT.makeCurrent()) {
      for (int i = 0; i < times; i++) {
        Thread.yield();
      }
    }
  }

  private static void measure(String kind, Step step, int times, int rounds) {
    for (int i = 0; i < WARM_UP; i++) {
      step.run(times);
    }
    // A thread that serves requests is old, and what it stores costs what storing into old objects does.
    System.gc();
    step.run(times);
    double[] nanos = new double[rounds];
    boolean virtual = !kind.equals("request") && !kind.equals("child");
    long allocated = virtual ? 0 : THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < rounds; i++) {
      long start = System.nanoTime();
      step.run(times);
      nanos[i] = (double) (System.nanoTime() - start) / times;
    }
    double bytes = virtual ? 0 : (double) (THREADS.getCurrentThreadAllocatedBytes() - allocated) / times / rounds;
    Arrays.sort(nanos);
    System.out.printf(Locale.ROOT, "kind=%s nanos=%.2f bytes=%.2f%n", kind, nanos[rounds / 2], bytes);
  }

  /** By reflection, because this is compiled for Java 17. */
  private static void onVirtualThread(Runnable work) throws Exception {
    ((Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, work)).join();
  }
}
