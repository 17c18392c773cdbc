package io.mmapscope.exporter.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mmapscope.agent.model.FaultPlace;
import io.mmapscope.agent.model.FaultTotal;
import io.mmapscope.agent.model.TraceContext;
import io.mmapscope.agent.spi.AgentView;
import io.mmapscope.exporter.FaultKind;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToDoubleFunction;

/**
 * {@code mmap.fault.duration}: how long page faults take, by their kind and by what is mapped there; {@code mmap.faults}
 * is its count, or the totals where only these are known. Slow ones have their span as an exemplar. Called for each page
 * fault, so timers are found by the place's number. For the agent's thread, but {@link #refresh}.
 */
final class FaultMetrics implements MeterBinder {

  /** Minor or major, in user mode or in the kernel. */
  private static final int KINDS = 4;

  private static final String UNKNOWN = "unknown";

  private final AgentView view;
  private final CallSiteTags callSites;
  private final FileExtensions extensions;
  private final NumberedTimers timers = new NumberedTimers();

  /** Places with the same tags share a timer. */
  private final Map<Tags, Timer> byTags = new HashMap<>();

  /** Where only these are known. */
  private final Map<Tags, AtomicLong> totals = new HashMap<>();

  private MeterRegistry registry;

  FaultMetrics(AgentView view, CallSiteTags callSites, FileExtensions extensions) {
    this.view = view;
    this.callSites = callSites;
    this.extensions = extensions;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    this.registry = registry;
  }

  void record(FaultPlace place, boolean major, boolean kernelMode, long durationNanos, TraceContext slowIn) {
    int number = place.id() * KINDS + (major ? 2 : 0) + (kernelMode ? 1 : 0);
    Timer timer = timers.get(number);
    if (timer == null) {
      timer = timers.put(number, timer(place, major, kernelMode));
    }
    timer.record(durationNanos, TimeUnit.NANOSECONDS);
    if (slowIn != null && timer instanceof BucketTimer buckets) {
      buckets.exemplar(durationNanos, slowIn, view.epochNanos(System.nanoTime()));
    }
  }

  private Timer timer(FaultPlace place, boolean major, boolean kernelMode) {
    Tags tags =
        Tags.of(
            "system.paging.fault.type", FaultKind.type(major),
            "mmap.fault.mode", FaultKind.mode(kernelMode),
            "code.function.name", callSites.of(place.callSite()),
            "file.extension", extensions.tag(place.fileExtension()),
            "mmap.owner", place.owner() == null ? UNKNOWN : place.owner().tag(),
            "mmap.memory", place.memory() == null ? UNKNOWN : place.memory().tag());
    return byTags.computeIfAbsent(tags, this::register);
  }

  private Timer register(Tags tags) {
    Timer timer =
        DurationTimers.builder("mmap.fault.duration", "Duration of page faults").tags(tags).register(registry);
    counter(timer, Timer::count, tags);
    return timer;
  }

  private <T> void counter(T counted, ToDoubleFunction<T> count, Tags tags) {
    FunctionCounter.builder("mmap.faults", counted, count)
        .description("Page faults")
        .baseUnit("{fault}")
        .tags(tags)
        .register(registry);
  }

  /** Brings the totals up to date. For one thread at a time. */
  void refresh() {
    for (FaultTotal total : view.faultTotals()) {
      Tags tags =
          Tags.of(
              "system.paging.fault.type", FaultKind.type(total.major()),
              "mmap.fault.mode", mode(total.mode()),
              "code.function.name", UNKNOWN,
              "file.extension", UNKNOWN,
              "mmap.owner", UNKNOWN,
              "mmap.memory", UNKNOWN);
      AtomicLong count = totals.get(tags);
      if (count == null) {
        count = new AtomicLong();
        totals.put(tags, count);
        counter(count, AtomicLong::doubleValue, tags);
      }
      count.set(total.count());
    }
  }

  private static String mode(FaultTotal.Mode mode) {
    return mode == FaultTotal.Mode.UNKNOWN ? UNKNOWN : FaultKind.mode(mode == FaultTotal.Mode.KERNEL);
  }
}
