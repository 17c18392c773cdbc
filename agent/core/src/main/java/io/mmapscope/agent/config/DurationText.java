package io.mmapscope.agent.config;

import java.time.Duration;

/**
 * Durations as they are written in settings: a whole number and one of the units {@code ns}, {@code us}, {@code ms},
 * {@code s}, {@code m}. Only {@code 0} may go without a unit: elsewhere a bare number means nanoseconds to some and
 * milliseconds to others, so it is refused.
 */
final class DurationText {

  private DurationText() {}

  /** Returns the duration, at most some 292 years, or null where the text is none. */
  static Duration parse(String text) {
    int digits = 0;
    while (digits < text.length() && isDigit(text.charAt(digits))) {
      digits++;
    }
    long unit = unitNanos(text.substring(digits));
    if (digits == 0 || digits > 18) {
      return null;
    }
    long number = Long.parseLong(text.substring(0, digits));
    if (number == 0 && digits == text.length()) {
      return Duration.ZERO;
    }
    if (unit == 0 || number > Long.MAX_VALUE / unit) {
      return null;
    }
    return Duration.ofNanos(number * unit);
  }

  /** Returns true for a whole number without a unit. */
  static boolean lacksUnit(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isDigit(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static long unitNanos(String unit) {
    switch (unit) {
      case "ns":
        return 1;
      case "us":
        return 1_000;
      case "ms":
        return 1_000_000;
      case "s":
        return 1_000_000_000;
      case "m":
        return 60_000_000_000L;
      default:
        return 0;
    }
  }
}
