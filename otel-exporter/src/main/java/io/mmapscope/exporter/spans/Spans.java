package io.mmapscope.exporter.spans;

import io.mmapscope.agent.model.TraceContext;
import io.mmapscope.agent.spi.AgentView;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.concurrent.TimeUnit;

/**
 * Begins and ends spans at times that have passed. All times are CLOCK_MONOTONIC, in nanoseconds. For one thread.
 *
 * @param view which knows what time of day that was
 */
record Spans(Tracer tracer, AgentView view) {

  /** Begins a span of the application's one, or of a trace of its own where that is null or not sampled. */
  Span start(String name, TraceContext trace, long startNanos) {
    return tracer
        .spanBuilder(name)
        .setParent(parent(trace))
        .setSpanKind(SpanKind.INTERNAL)
        .setStartTimestamp(view.epochNanos(startNanos), TimeUnit.NANOSECONDS)
        .startSpan();
  }

  void event(Span span, String name, KnownAttributes attributes, long nanos) {
    span.addEvent(name, attributes.build(), view.epochNanos(nanos), TimeUnit.NANOSECONDS);
  }

  /**
   * Ends it.
   *
   * @param errorType what went wrong, or null
   */
  void end(Span span, KnownAttributes attributes, String errorType, long endNanos) {
    span.setAllAttributes(attributes.put(Keys.ERROR_TYPE, errorType).build());
    if (errorType != null) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end(view.epochNanos(endNanos), TimeUnit.NANOSECONDS);
  }

  /** Explicit, by ids: this tracer and the application's share no context. */
  private static Context parent(TraceContext trace) {
    if (!SpanRules.inSampledTrace(trace)) {
      return Context.root();
    }
    SpanContext parent =
        SpanContext.createFromRemoteParent(
            trace.traceId(), trace.spanIdHex(), TraceFlags.getSampled(), TraceState.getDefault());
    return Context.root().with(Span.wrap(parent));
  }
}
