package io.mmapscope.agent.control;

import java.util.Locale;

/** Sizes and ages as people read them. */
final class Units {

  private static final String[] SIZES = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  private static final long SECOND = 1_000_000_000;

  private Units() {}

  /** {@code 512 B}, {@code 64.0 KiB}, {@code 1.5 GiB}. */
  static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < SIZES.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, SIZES[unit]);
  }

  /** {@code 0.4 s}, {@code 59 s}, {@code 3 m 20 s}, {@code 5 h 1 m}, {@code 12 d 3 h}. */
  static String age(long nanos) {
    long seconds = Math.max(0, nanos) / SECOND;
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%.1f s", Math.max(0, nanos) / (double) SECOND);
    }
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return seconds / 60 + " m " + seconds % 60 + " s";
    }
    return seconds < 86_400
        ? seconds / 3600 + " h " + seconds % 3600 / 60 + " m"
        : seconds / 86_400 + " d " + seconds % 86_400 / 3600 + " h";
  }
}
