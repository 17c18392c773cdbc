package io.mmapscope.exporter.spans;

import io.mmapscope.agent.model.KernelEvent;
import io.mmapscope.agent.model.Operation;
import io.mmapscope.agent.model.SlowFault;
import io.mmapscope.agent.model.Stall;
import io.mmapscope.agent.spi.AgentView;
import io.mmapscope.exporter.OtelSettings;
import io.mmapscope.exporter.OtlpEndpoint;
import io.mmapscope.exporter.PathPolicy;
import io.mmapscope.exporter.ServiceResource;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Writes batches as spans and sends them. Sets the SDK up when the first batch comes, on the thread that sends, for
 * that takes some tenths of a second. For one thread.
 */
final class SpanBatches {

  /** As many events as there are kernel calls in an operation that maps a lot. */
  private static final int MOST_EVENTS = 1 << 16;

  private final AgentView view;
  private final OtelSettings settings;
  private final BooleanSupplier closing;

  private boolean started;
  private SpanCollector collector;
  private SpanWriter writer;
  private FaultSpans faults;
  private SpanSender sender;
  private boolean reported;

  /**
   * Makes it.
   *
   * @param closing whether the application ends
   */
  SpanBatches(AgentView view, OtelSettings settings, BooleanSupplier closing) {
    this.view = view;
    this.closing = closing;
    this.settings = settings;
  }

  /** Sends spans of what the agent saw. Returns those of them that did not arrive. */
  List<Object> send(List<Object> batch) {
    try {
      start();
      return sender == null ? batch : write(batch);
    } catch (Exception | LinkageError e) {
      report(e);
      return batch;
    }
  }

  void close() {
    if (sender != null) {
      sender.shutdown();
    }
  }

  private void start() throws IOException {
    if (started) {
      return;
    }
    started = true;
    if (closing.getAsBoolean() && view.settings().tracesExporter().equals("otlp")) {
      OtlpEndpoint.of(settings, "traces").requireListener("spans");
    }
    collector = new SpanCollector();
    SpanLimits limits = SpanLimits.builder().setMaxNumberOfEvents(MOST_EVENTS).build();
    // Every span is wanted: what is sampled was decided by the application's tracer or by span.min-duration.
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .setResource(ServiceResource.of(settings))
            .setSampler(Sampler.alwaysOn())
            .setSpanLimits(limits)
            .addSpanProcessor(collector)
            .build();
    Tracer tracer = provider.tracerBuilder("mmapscope").setInstrumentationVersion(view.version()).build();
    Spans spans = new Spans(tracer, view);
    PathPolicy paths = new PathPolicy(view.settings().filePaths());
    writer = new SpanWriter(spans, paths);
    faults = new FaultSpans(spans, paths);
    sender = SpanSenders.create(view.settings().tracesExporter(), settings, closing);
  }

  private List<Object> write(List<Object> batch) throws IOException {
    List<Object> unwritten = new ArrayList<>();
    for (Object seen : batch) {
      if (!write(seen)) {
        unwritten.add(seen);
      }
    }
    List<SpanData> spans = collector.take();
    if (!spans.isEmpty()) {
      sender.send(spans);
    }
    return unwritten;
  }

  private boolean write(Object seen) {
    try {
      if (seen instanceof Operation operation) {
        writer.write(operation);
      } else if (seen instanceof KernelEvent event) {
        writer.write(event);
      } else if (seen instanceof SlowFault fault) {
        faults.write(fault);
      } else {
        faults.write((Stall) seen);
      }
      return true;
    } catch (RuntimeException e) {
      view.failure("export.span", e);
      return false;
    }
  }

  /** Once: a collector that is down for a day is one message, and its spans are counted. */
  private void report(Throwable cause) {
    if (!reported) {
      reported = true;
      view.failure("export.traces", cause);
    }
  }
}
