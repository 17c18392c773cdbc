package io.mmapscope.e2e.programs;

import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.LongFunction;

/**
 * One thread's contexts of its class loader's copy of OpenTelemetry: makes them current and closes their scopes, in and
 * out of order, each time it is asked, at random. Says what is current then as OpenTelemetry says it: {@code none},
 * {@code unsampled}, or {@code trace id-span id}.
 */
public final class ContextSteps implements LongFunction<String> {

  private static final SdkTracerProvider SAMPLED = SdkTracerProvider.builder().setSampler(Sampler.alwaysOn()).build();
  private static final SdkTracerProvider UNSAMPLED =
      SdkTracerProvider.builder().setSampler(Sampler.alwaysOff()).build();
  private static final int MOST = 5;

  private final List<Scope> open = new ArrayList<>();

  /** Does the step that this number stands for; a negative one closes everything. */
  @Override
  public String apply(long step) {
    SplittableRandom random = new SplittableRandom(step);
    if (step < 0) {
      while (!open.isEmpty()) {
        open.remove(open.size() - 1).close();
      }
      // What was closed out of order left something behind, and so does OpenTelemetry.
      Context.root().makeCurrent();
    } else if (open.size() == MOST || !open.isEmpty() && random.nextInt(2) == 0) {
      close(random);
    } else {
      open.add(opened(random).makeCurrent());
    }
    return current();
  }

  private static Context opened(SplittableRandom random) {
    return switch (random.nextInt(8)) {
      case 0 -> Context.current().with(span(UNSAMPLED, random));
      case 1 -> Context.root();
      case 2 -> Context.current();
      case 3 -> Context.current().with(Baggage.builder().put("key", "value").build());
      default -> Context.current().with(span(SAMPLED, random));
    };
  }

  private static Span span(SdkTracerProvider provider, SplittableRandom random) {
    Context parent = random.nextBoolean() ? Context.root() : Context.current();
    return provider.get("steps").spanBuilder("step").setParent(parent).startSpan();
  }

  private void close(SplittableRandom random) {
    switch (random.nextInt(6)) {
      case 0 -> open.remove(random.nextInt(open.size())).close();
      case 1 -> onAnotherThread(open.remove(random.nextInt(open.size()))::close);
      case 2 -> {
        Scope last = open.remove(open.size() - 1);
        last.close();
        last.close();
      }
      default -> open.remove(open.size() - 1).close();
    }
  }

  private static void onAnotherThread(Runnable work) {
    Thread thread = new Thread(work);
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String current() {
    SpanContext ids = Span.current().getSpanContext();
    if (!ids.isValid()) {
      return "none";
    }
    return ids.isSampled() ? ids.getTraceId() + "-" + ids.getSpanId() : "unsampled";
  }
}
