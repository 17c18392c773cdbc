package io.mmapscope.agent.hotpath.telemetry.context;

import io.mmapscope.agent.hotpath.telemetry.api.trace.Span;

/** A context, and a storage beside it, shaped like OpenTelemetry's: a copy of that under another name. */
public interface Context {
  Span span();
}
