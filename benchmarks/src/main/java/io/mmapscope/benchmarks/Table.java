package io.mmapscope.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The one table: a section a subject, a row a figure. */
final class Table {

  private static final String ROW = "  %-42s %-24s %-24s %10s %6s  %-12s %s";

  private final List<String> lines = new ArrayList<>();

  void section(String title, String unit) {
    lines.add("");
    lines.add(title + (unit.isEmpty() ? "" : ", " + unit));
    lines.add(
        format(ROW, "", "without (min–max)", "with (min–max)", "more", "ratio", "target", "").stripTrailing());
  }

  /** A figure that has a target: so much more at most. */
  void row(String name, Pairs pairs, int decimals, double target) {
    double more = pairs.difference().median();
    // As printed: what reads as the target meets it.
    boolean met = Double.parseDouble(format("%." + decimals + "f", more)) <= target;
    add(name, pairs, decimals, "≤ +" + trim(target), met ? "met" : "not met");
  }

  /** A figure that has a target for the ratio. */
  void rowOfRatio(String name, Pairs pairs, int decimals, double target) {
    boolean met = Double.parseDouble(format("%.2f", pairs.ratio())) <= target;
    add(name, pairs, decimals, "≤ × " + trim(target), met ? "met" : "not met");
  }

  /** A figure that has none. */
  void row(String name, Pairs pairs, int decimals) {
    add(name, pairs, decimals, "", "");
  }

  private void add(String name, Pairs pairs, int decimals, String target, String verdict) {
    lines.add(
        format(
                ROW,
                name,
                text(pairs.without(), decimals),
                text(pairs.with(), decimals),
                format("%+." + decimals + "f", pairs.difference().median()),
                pairs.without().median() == 0 ? "" : format("%.2f", pairs.ratio()),
                target,
                verdict)
            .stripTrailing());
  }

  void note(String text) {
    lines.add("  " + text);
  }

  private static String text(Spread spread, int decimals) {
    String number = "%." + decimals + "f";
    return format(number + " (" + number + "–" + number + ")", spread.median(), spread.min(), spread.max());
  }

  private static String trim(double value) {
    return value == Math.rint(value) ? format("%.0f", value) : format("%s", value);
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }

  @Override
  public String toString() {
    return String.join(System.lineSeparator(), lines);
  }
}
