package io.mmapscope.agent.hotpath.telemetry.api.trace;

import io.mmapscope.agent.hotpath.telemetry.context.Context;

/** What is used of OpenTelemetry's. */
@FunctionalInterface
public interface Span {

  SpanContext getSpanContext();

  static Span fromContext(Context context) {
    return context.span();
  }
}
