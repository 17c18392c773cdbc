package io.mmapscope.e2e.programs;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * One thread's share of {@link Traces}: opens and closes spans of its class loader's copy of OpenTelemetry at random,
 * sampled and not, and maps in between. What is current it knows from its own stack of spans.
 *
 * <p>A row is {@code address,kind,trace id,span id}; the kind is {@code sampled}, {@code unsampled}, {@code none}, or
 * {@code two} where spans of two copies are current.
 */
public final class TracedWork implements Runnable, Consumer<Runnable> {

  private static final SdkTracerProvider SAMPLED = SdkTracerProvider.builder().setSampler(Sampler.alwaysOn()).build();
  private static final SdkTracerProvider UNSAMPLED =
      SdkTracerProvider.builder().setSampler(Sampler.alwaysOff()).build();
  private static final int DEEPEST = 4;
  private static final int STEPS = 120;

  private record Open(Span span, Scope scope) {}

  private final FileChannel channel;
  private final List<String> rows;
  private final List<Object> kept;
  private final SplittableRandom random;
  private final String[] other;

  /**
   * @param rows where to write down what was done; safe for any thread
   * @param kept what must stay mapped; safe for any thread
   * @param other kind and ids of the span of another copy of OpenTelemetry that is current on this thread, or null
   */
  public TracedWork(FileChannel channel, List<String> rows, List<Object> kept, long seed, String[] other) {
    this.channel = channel;
    this.rows = rows;
    this.kept = kept;
    this.random = new SplittableRandom(seed);
    this.other = other;
  }

  @Override
  public void run() {
    Deque<Open> stack = new ArrayDeque<>();
    for (int i = 0; i < STEPS; i++) {
      switch (random.nextInt(5)) {
        case 0 -> open(stack);
        case 1 -> close(stack);
        case 2 -> pause();
        default -> map(stack.isEmpty() ? null : stack.peek().span);
      }
    }
    while (!stack.isEmpty()) {
      close(stack);
    }
    map(null);
  }

  /** Within a sampled span maps, lets the work of another copy be done, and maps again. */
  @Override
  public void accept(Runnable work) {
    Deque<Open> stack = new ArrayDeque<>();
    stack.push(opened(SAMPLED));
    map(stack.peek().span);
    other[0] = describe(stack.peek().span);
    work.run();
    other[0] = null;
    map(stack.peek().span);
    close(stack);
  }

  /** A child of what is current, if that is sampled; a child of an unsampled span may not be. */
  private void open(Deque<Open> stack) {
    if (stack.size() < DEEPEST) {
      stack.push(opened(random.nextInt(3) == 0 ? UNSAMPLED : SAMPLED));
    }
  }

  private static Open opened(SdkTracerProvider provider) {
    Span span = provider.get("traces").spanBuilder("work").startSpan();
    if (!span.getSpanContext().isValid() || span.getSpanContext().isSampled() != (provider == SAMPLED)) {
      throw new IllegalStateException("unexpected " + span);
    }
    return new Open(span, span.makeCurrent());
  }

  private static void close(Deque<Open> stack) {
    if (!stack.isEmpty()) {
      Open open = stack.pop();
      open.scope.close();
      open.span.end();
    }
  }

  private void pause() {
    try {
      Thread.sleep(random.nextInt(4));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void map(Span current) {
    try {
      MappedByteBuffer buffer = channel.map(MapMode.READ_ONLY, 0, 8192);
      kept.add(buffer);
      rows.add(Buffers.addressOf(buffer) + "," + describe(current));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private String describe(Span current) {
    if (current == null) {
      return other[0] == null ? "none,," : other[0];
    }
    SpanContext context = current.getSpanContext();
    String kind = other[0] != null ? "two" : context.isSampled() ? "sampled" : "unsampled";
    return kind + "," + context.getTraceId() + "," + context.getSpanId();
  }
}
