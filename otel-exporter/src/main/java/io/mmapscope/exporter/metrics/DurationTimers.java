package io.mmapscope.exporter.metrics;

import io.micrometer.core.instrument.Timer;

/** Makes timers that are histograms with {@link DurationBuckets}. */
final class DurationTimers {

  private DurationTimers() {}

  static Timer.Builder builder(String name, String description) {
    return Timer.builder(name).description(description).serviceLevelObjectives(DurationBuckets.DURATIONS);
  }
}
