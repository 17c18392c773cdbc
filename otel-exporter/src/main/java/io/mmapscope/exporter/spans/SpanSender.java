package io.mmapscope.exporter.spans;

import io.mmapscope.exporter.Exports;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Sends spans through one of OpenTelemetry's exporters and waits for the outcome. For one thread.
 *
 * @param exporter whose outcome may come later, or never
 * @param longest how long a batch may take, repeated attempts included
 * @param target where they go, for messages
 */
record SpanSender(SpanExporter exporter, Duration longest, String target) {

  /**
   * Sends a batch.
   *
   * @throws IOException where it did not arrive, as far as is known
   */
  void send(List<SpanData> spans) throws IOException {
    Exports.await("spans", target, longest, () -> exporter.export(spans));
  }

  void shutdown() {
    exporter.shutdown();
  }
}
