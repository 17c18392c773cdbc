package io.mmapscope.exporter.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mmapscope.agent.model.LockWait;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * {@code mmap.lock.wait.duration}: how long threads wait for the memory map's lock, by what they want it for and the call
 * site. For the agent's thread.
 */
final class LockMetrics implements MeterBinder {

  private final CallSiteTags callSites;
  private final Map<String, NumberedTimers> byActivity = new HashMap<>();
  private MeterRegistry registry;

  LockMetrics(CallSiteTags callSites) {
    this.callSites = callSites;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    this.registry = registry;
  }

  void record(LockWait wait) {
    NumberedTimers bySite = byActivity.computeIfAbsent(wait.activity(), activity -> new NumberedTimers());
    int site = wait.callSite().id();
    Timer timer = bySite.get(site);
    if (timer == null) {
      timer = bySite.put(site, timer(wait));
    }
    timer.record(wait.durationNanos(), TimeUnit.NANOSECONDS);
  }

  private Timer timer(LockWait wait) {
    return DurationTimers.builder("mmap.lock.wait.duration", "Waits for the lock of the process's memory map")
        .tag("mmap.activity", wait.activity())
        .tag("code.function.name", callSites.of(wait.callSite()))
        .register(registry);
  }
}
