package io.mmapscope.exporter.metrics;

import io.mmapscope.agent.spi.AgentView;
import io.mmapscope.exporter.Daemons;
import io.mmapscope.exporter.Deadline;
import io.mmapscope.exporter.OtelSettings;
import io.mmapscope.exporter.OtlpEndpoint;
import io.mmapscope.exporter.ServiceResource;
import io.opentelemetry.sdk.metrics.data.MetricData;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends the metrics at each interval and at the end, on a thread of its own, which also sets the exporters up when they
 * are first needed: that takes some tenths of a second.
 */
final class MetricPush {

  private final AgentView view;
  private final OtelSettings settings;
  private final List<String> exporters;
  private final CumulativeRegistry registry;
  private final Runnable refresh;
  private final long intervalNanos;
  private final long startEpochNanos;
  private final Thread thread;
  private final List<MetricSender> senders = new ArrayList<>();
  private MetricSnapshot snapshot;
  private long pushedEpochNanos;
  private boolean reported;
  private volatile boolean closing;

  /**
   * Makes it and starts its thread.
   *
   * @param exporters any of {@code otlp} and {@code console}
   * @param refresh brings the registry's gauges up to date
   */
  MetricPush(
      AgentView view,
      OtelSettings settings,
      List<String> exporters,
      CumulativeRegistry registry,
      Duration interval,
      Runnable refresh) {
    this.view = view;
    this.settings = settings;
    this.exporters = exporters;
    this.registry = registry;
    this.refresh = refresh;
    this.intervalNanos = interval.toNanos();
    this.startEpochNanos = now();
    this.thread = Daemons.thread("mmapscope-metrics", this::run);
    this.thread.start();
  }

  /** Sends the last values, waiting for it until the deadline. */
  void close(Deadline deadline) {
    closing = true;
    LockSupport.unpark(thread);
    deadline.join(thread);
  }

  private void run() {
    long next = System.nanoTime() + intervalNanos;
    boolean last;
    do {
      last = closing;
      if (last || System.nanoTime() - next >= 0) {
        push();
        next = System.nanoTime() + intervalNanos;
      }
      if (!last && !closing) {
        LockSupport.parkNanos(Math.max(1, next - System.nanoTime()));
      }
    } while (!last);
    senders.forEach(MetricSender::shutdown);
  }

  private void push() {
    try {
      if (snapshot == null && closing && exporters.equals(List.of("otlp"))) {
        OtlpEndpoint.of(settings, "metrics").requireListener("metrics");
      }
      start();
      refresh.run();
      long now = now();
      List<MetricData> metrics = snapshot.take(now, pushedEpochNanos);
      pushedEpochNanos = now;
      for (MetricSender sender : senders) {
        send(sender, metrics);
      }
    } catch (IOException | RuntimeException | LinkageError e) {
      report(e);
    }
  }

  private void start() {
    if (snapshot == null) {
      snapshot = new MetricSnapshot(registry, ServiceResource.of(settings), view.version(), startEpochNanos);
      for (String exporter : exporters) {
        start(exporter);
      }
    }
  }

  private void start(String exporter) {
    try {
      boolean console = exporter.equals("console");
      senders.add(console ? new ConsoleMetricSender() : new OtlpMetricSender(settings, () -> closing));
    } catch (RuntimeException | LinkageError e) {
      report(e);
    }
  }

  private void send(MetricSender sender, List<MetricData> metrics) {
    try {
      sender.send(metrics);
    } catch (Exception | LinkageError e) {
      report(e);
    }
  }

  /** Once. Values are cumulative, so a push that fails loses nothing that the next one does not bring. */
  private void report(Throwable cause) {
    if (!reported) {
      reported = true;
      view.failure("export.metrics", cause);
    }
  }

  private long now() {
    return view.epochNanos(System.nanoTime());
  }
}
