package io.mmapscope.agent.hotpath.telemetry.api.trace;

/** What is used of OpenTelemetry's. */
public interface SpanContext {
  boolean isValid();

  boolean isSampled();

  String getTraceId();

  String getSpanId();
}
