package io.mmapscope.exporter.spans;

import io.mmapscope.exporter.Delivery;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.util.List;

/**
 * Sends spans through one of OpenTelemetry's exporters. For one thread.
 *
 * @param exporter whose outcome may come later, or never
 * @param delivery how it is waited for
 */
record SpanSender(SpanExporter exporter, Delivery delivery) {

  /**
   * Sends a batch.
   *
   * @throws IOException where it did not arrive, as far as is known
   */
  void send(List<SpanData> spans) throws IOException {
    delivery.send(() -> exporter.export(spans));
  }

  void shutdown() {
    exporter.shutdown();
  }
}
