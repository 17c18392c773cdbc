package io.mmapscope.exporter.spans;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;

/**
 * Gives the outcome of OpenTelemetry's Zipkin exporter its reason.
 *
 * @param exporter which only says that it failed
 * @param transport which knows why
 */
record ZipkinFailures(SpanExporter exporter, ZipkinTransport transport) implements SpanExporter {

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    CompletableResultCode result = exporter.export(spans);
    Exception reason = transport.lastFailure();
    if (result.isDone() && !result.isSuccess() && reason != null) {
      return CompletableResultCode.ofExceptionalFailure(reason);
    }
    return result;
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }
}
