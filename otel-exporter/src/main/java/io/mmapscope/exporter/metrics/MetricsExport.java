package io.mmapscope.exporter.metrics;

import io.mmapscope.agent.model.FaultPlace;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.KernelEvent;
import io.mmapscope.agent.model.LockWait;
import io.mmapscope.agent.model.Operation;
import io.mmapscope.agent.model.TraceContext;
import io.mmapscope.agent.spi.AgentView;
import io.mmapscope.exporter.Deadline;
import io.mmapscope.exporter.OtelSettings;
import io.mmapscope.exporter.PathPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures what the agent sees with Micrometer and exports it as the setting {@code metrics.exporter} says. Each metric
 * has one definition, in one of the binders, whatever exports it.
 */
public final class MetricsExport {

  private static final long REFRESH_NANOS = 1_000_000_000L;
  private static final long DEFAULT_INTERVAL_MILLIS = 60_000;

  private final AgentView view;
  private final OtelSettings settings;
  private final OperationMetrics operations;
  private final KernelCallMetrics kernelCalls = new KernelCallMetrics();
  private final CumulativeRegistry registry = new CumulativeRegistry();
  private final FaultMetrics faults;
  private final LockMetrics lockWaits;
  private final MappingMetrics mappings;
  private final AgentMetrics agent;
  private long refreshedNanos;
  private boolean refreshed;
  private volatile boolean closing;
  private MetricPush push;
  private PrometheusEndpoint prometheus;

  /** Makes it and starts its threads. An exporter that cannot be is reported, and the others go on. */
  public MetricsExport(AgentView view, OtelSettings settings) {
    this.view = view;
    this.settings = settings;
    CallSiteTags callSites = new CallSiteTags(view.settings().callsitesMax());
    this.operations = new OperationMetrics(callSites);
    FileExtensions extensions = new FileExtensions(new PathPolicy(view.settings().filePaths()));
    this.faults = new FaultMetrics(view, callSites, extensions);
    this.lockWaits = new LockMetrics(callSites);
    this.mappings = new MappingMetrics(view, callSites, extensions);
    this.agent = new AgentMetrics(view);
    start(view.settings().metricsExporters());
  }

  /** Measures an operation and its kernel calls. On the agent's thread. */
  public void operation(Operation operation) {
    operations.record(operation);
    Operation.Kernel kernel = operation.kernel();
    if (kernel != null) {
      List<KernelCall> calls = kernel.calls();
      for (int i = 0; i < calls.size(); i++) {
        kernelCalls.record(calls.get(i), Operation.ownerOf(operation.kind(), calls.get(i)));
      }
    }
  }

  /** Measures a kernel event. On the agent's thread. */
  public void kernelEvent(KernelEvent event) {
    kernelCalls.record(event.call(), event.owner());
  }

  /** Measures a page fault. On the agent's thread. */
  public void pageFault(
      FaultPlace place, boolean major, boolean kernelMode, long durationNanos, TraceContext slowIn) {
    faults.record(place, major, kernelMode, durationNanos, slowIn);
  }

  /** Measures a wait for the memory map's lock. On the agent's thread. */
  public void lockWait(LockWait wait) {
    lockWaits.record(wait);
  }

  /** Sends the last values, waiting for it until the deadline. On any thread. */
  public void close(Deadline deadline) {
    closing = true;
    if (push != null) {
      push.close(deadline);
    }
    if (prometheus != null) {
      prometheus.close();
    }
  }

  /** Where Prometheus finds it, or -1. */
  int prometheusPort() {
    return prometheus == null ? -1 : prometheus.port();
  }

  private void start(List<String> exporters) {
    List<String> pushed = new ArrayList<>(exporters);
    boolean scraped = pushed.remove("prometheus");
    bind();
    if (!pushed.isEmpty()) {
      push = new MetricPush(view, settings, pushed, registry, interval(), this::refresh);
    }
    if (scraped) {
      listen();
    }
  }

  private void bind() {
    operations.bindTo(registry);
    kernelCalls.bindTo(registry);
    faults.bindTo(registry);
    lockWaits.bindTo(registry);
    mappings.bindTo(registry);
    agent.bindTo(registry);
  }

  private void listen() {
    try {
      prometheus = PrometheusEndpoint.start(view, settings, registry, this::refresh);
    } catch (IOException | LinkageError e) {
      view.failure("export.prometheus", e);
    }
  }

  private Duration interval() {
    String millis = settings.get("otel.metric.export.interval", String.valueOf(DEFAULT_INTERVAL_MILLIS));
    try {
      return Duration.ofMillis(Math.max(1, Long.parseLong(millis)));
    } catch (NumberFormatException e) {
      view.failure(
          "export.interval",
          new IllegalArgumentException(
              "OTEL_METRIC_EXPORT_INTERVAL=" + millis + " is no number of milliseconds; " + DEFAULT_INTERVAL_MILLIS
                  + " is used"));
      return Duration.ofMillis(DEFAULT_INTERVAL_MILLIS);
    }
  }

  /** At most once a second, because it goes through the whole ledger; at the end in any case. */
  private synchronized void refresh() {
    long now = System.nanoTime();
    if (!refreshed || closing || now - refreshedNanos >= REFRESH_NANOS) {
      refreshed = true;
      refreshedNanos = now;
      mappings.refresh();
      faults.refresh();
      agent.refresh();
    }
  }
}
