package io.mmapscope.exporter.metrics;

import io.micrometer.core.instrument.Timer;
import java.util.Arrays;

/** Timers found by a small number instead of their tags, so that recording builds none. For one thread. */
final class NumberedTimers {

  private Timer[] timers = new Timer[64];

  /** Returns null where there is none yet. */
  Timer get(int number) {
    return number < timers.length ? timers[number] : null;
  }

  /** Returns the timer. */
  Timer put(int number, Timer timer) {
    if (number >= timers.length) {
      timers = Arrays.copyOf(timers, Math.max(number + 1, 2 * timers.length));
    }
    timers[number] = timer;
    return timer;
  }
}
