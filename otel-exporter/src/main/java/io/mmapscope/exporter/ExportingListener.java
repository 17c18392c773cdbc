package io.mmapscope.exporter;

import io.mmapscope.agent.model.FaultPlace;
import io.mmapscope.agent.model.KernelEvent;
import io.mmapscope.agent.model.LockWait;
import io.mmapscope.agent.model.Operation;
import io.mmapscope.agent.model.SlowFault;
import io.mmapscope.agent.model.Stall;
import io.mmapscope.agent.model.TraceContext;
import io.mmapscope.agent.spi.AgentView;
import io.mmapscope.agent.spi.Listener;
import io.mmapscope.exporter.metrics.MetricsExport;
import io.mmapscope.exporter.spans.SpanExport;
import java.time.Duration;
import java.util.function.Supplier;

/** Gives everything the agent sees to the spans' and the metrics' ways out, each of which may be absent. */
final class ExportingListener implements Listener {

  private final SpanExport spans;
  private final MetricsExport metrics;

  private ExportingListener(SpanExport spans, MetricsExport metrics) {
    this.spans = spans;
    this.metrics = metrics;
  }

  static ExportingListener create(AgentView view, OtelSettings settings) {
    boolean traces = !view.settings().tracesExporter().equals("none");
    boolean metrics = !view.settings().metricsExporters().isEmpty();
    if (settings.refusedProtocol() != null && usesOtlp(view)) {
      view.failure(
          "export.protocol",
          new IllegalArgumentException(
              "OTEL_EXPORTER_OTLP_PROTOCOL=" + settings.refusedProtocol()
                  + " is not supported: http/protobuf is used, so the endpoint must be the collector's HTTP port"
                  + " (4318 by default)"));
    }
    return new ExportingListener(
        traces ? part(view, "export.traces", () -> new SpanExport(view, settings)) : null,
        metrics ? part(view, "export.metrics", () -> new MetricsExport(view, settings)) : null);
  }

  /** One part that cannot be set up is reported, and takes nothing of the other with it. */
  private static <T> T part(AgentView view, String where, Supplier<T> create) {
    try {
      return create.get();
    } catch (RuntimeException | LinkageError e) {
      view.failure(where, e);
      return null;
    }
  }

  private static boolean usesOtlp(AgentView view) {
    return view.settings().tracesExporter().equals("otlp") || view.settings().metricsExporters().contains("otlp");
  }

  @Override
  public void operation(Operation operation) {
    if (metrics != null) {
      metrics.operation(operation);
    }
    if (spans != null) {
      spans.operation(operation);
    }
  }

  @Override
  public void kernelEvent(KernelEvent event) {
    if (metrics != null) {
      metrics.kernelEvent(event);
    }
    if (spans != null) {
      spans.kernelEvent(event);
    }
  }

  @Override
  public void pageFault(
      FaultPlace place, boolean major, boolean kernelMode, long durationNanos, TraceContext slowIn) {
    if (metrics != null) {
      metrics.pageFault(place, major, kernelMode, durationNanos, slowIn);
    }
  }

  @Override
  public void slowFault(SlowFault fault) {
    if (spans != null) {
      spans.slowFault(fault);
    }
  }

  @Override
  public void stall(Stall stall) {
    if (spans != null) {
      spans.stall(stall);
    }
  }

  @Override
  public void lockWait(LockWait wait) {
    if (metrics != null) {
      metrics.lockWait(wait);
    }
  }

  /**
   * Spans first, so that the last metrics tell what became of them; but with time left for the metrics where the spans'
   * collector does not answer.
   */
  @Override
  public void close(Duration timeout) {
    Deadline end = Deadline.in(timeout);
    // Not Duration's own arithmetic, which loads BigDecimal: 30 ms and some megabytes at the end of a short program.
    Deadline spansEnd = metrics == null ? end : Deadline.in(Duration.ofNanos(timeout.toNanos() / 3 * 2));
    if (spans != null) {
      spans.close(spansEnd);
    }
    if (metrics != null) {
      metrics.close(end);
    }
  }
}
