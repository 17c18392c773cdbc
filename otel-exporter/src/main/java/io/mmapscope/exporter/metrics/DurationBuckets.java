package io.mmapscope.exporter.metrics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The upper bounds of every histogram of durations: 1 µs to 10 s, three a decade (1, 2, 5). */
final class DurationBuckets {

  /** In nanoseconds, rising; both ends belong to the lower bucket. */
  static final long[] NANOS = nanos();

  static final Duration[] DURATIONS = durations();

  /** In seconds, as exporters want them. */
  static final List<Double> SECONDS = seconds();

  /** One for each bound, and one for what is longer than the last. */
  static final int COUNT = NANOS.length + 1;

  private DurationBuckets() {}

  /** The bucket of this duration. */
  static int indexOf(long nanos) {
    int found = Arrays.binarySearch(NANOS, nanos);
    return found >= 0 ? found : -found - 1;
  }

  private static long[] nanos() {
    long[] bounds = new long[22];
    int i = 0;
    for (long decade = 1_000; decade < 10_000_000_000L; decade *= 10) {
      bounds[i++] = decade;
      bounds[i++] = 2 * decade;
      bounds[i++] = 5 * decade;
    }
    bounds[i] = 10_000_000_000L;
    return bounds;
  }

  private static Duration[] durations() {
    Duration[] bounds = new Duration[NANOS.length];
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = Duration.ofNanos(NANOS[i]);
    }
    return bounds;
  }

  private static List<Double> seconds() {
    List<Double> bounds = new ArrayList<>();
    for (long nanos : NANOS) {
      bounds.add(nanos / 1e9);
    }
    return List.copyOf(bounds);
  }
}
