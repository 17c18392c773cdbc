package io.mmapscope.exporter.metrics;

import io.opentelemetry.sdk.metrics.data.MetricData;
import java.io.IOException;
import java.util.List;

/** Where metrics are pushed to. For one thread. */
interface MetricSender {

  /**
   * Sends values and waits for the outcome.
   *
   * @throws IOException where they did not arrive, as far as is known
   */
  void send(List<MetricData> metrics) throws IOException;

  /** Nothing more is sent. */
  default void shutdown() {}
}
