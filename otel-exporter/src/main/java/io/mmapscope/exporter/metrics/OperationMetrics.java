package io.mmapscope.exporter.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.Operation;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code mmap.operation.duration}: how long instrumented operations take, by operation, call site and error. Each
 * timer is found by the call site's number, so that recording builds no tags. For the agent's thread.
 */
final class OperationMetrics implements MeterBinder {

  private final CallSiteTags callSites;
  private final Map<String, Timers> byOperation = new HashMap<>();
  private MeterRegistry registry;

  OperationMetrics(CallSiteTags callSites) {
    this.callSites = callSites;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    this.registry = registry;
  }

  void record(Operation operation) {
    Timers timers = byOperation.get(operation.name());
    if (timers == null) {
      timers = new Timers();
      byOperation.put(operation.name(), timers);
    }
    timers.of(operation).record(operation.durationNanos(), TimeUnit.NANOSECONDS);
  }

  private Timer timer(Operation operation) {
    return DurationTimers.builder("mmap.operation.duration", "Duration of operations on mappings")
        .tag("mmap.operation", operation.name())
        .tag("code.function.name", callSites.of(operation.callSite()))
        .tag("error.type", operation.errorType() == null ? "none" : operation.errorType())
        .register(registry);
  }

  /** The timers of one operation: by number of the call site, and those of failures by error too. */
  private final class Timers {
    private final NumberedTimers succeeded = new NumberedTimers();
    private final Map<String, Map<CallSite, Timer>> failed = new HashMap<>();

    Timer of(Operation operation) {
      if (operation.errorType() != null) {
        return failed
            .computeIfAbsent(operation.errorType(), error -> new HashMap<>())
            .computeIfAbsent(operation.callSite(), site -> timer(operation));
      }
      int site = operation.callSite().id();
      Timer timer = succeeded.get(site);
      return timer != null ? timer : succeeded.put(site, timer(operation));
    }
  }
}
