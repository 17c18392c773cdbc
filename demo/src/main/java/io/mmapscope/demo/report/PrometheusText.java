package io.mmapscope.demo.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The metrics of one scrape in Prometheus' text format. Immutable. */
record PrometheusText(List<Sample> samples) {

  /**
   * One line of a scrape.
   *
   * @param name as Prometheus spells it, such as {@code mmap_mapped_size_bytes}
   * @param labels in the order of the line
   * @param value in the unit that the name ends with
   */
  record Sample(String name, Map<String, String> labels, double value) {

    /** The label's value, or the empty string where there is no such label. */
    String label(String label) {
      return labels.getOrDefault(label, "");
    }
  }

  /** Name, labels, value; then perhaps an exemplar or a time. */
  private static final Pattern LINE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*?)})?\\s+([^\\s{}]+)(?:\\s+#.*|\\s+\\d+)?");

  private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  private static final Pattern ESCAPE = Pattern.compile("\\\\(.)");

  /**
   * Reads a scrape.
   *
   * @throws IllegalArgumentException for a line that is no sample
   */
  static PrometheusText parse(String text) {
    List<Sample> samples = new ArrayList<>();
    for (String line : text.split("\n")) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      Matcher sample = LINE.matcher(line.strip());
      if (!sample.matches()) {
        throw new IllegalArgumentException("no Prometheus sample: " + line);
      }
      samples.add(new Sample(sample.group(1), labels(sample.group(2)), value(sample.group(3))));
    }
    return new PrometheusText(List.copyOf(samples));
  }

  /**
   * The samples of a meter by its dotted name. A meter's name in Prometheus has its unit and kind at the end
   * ({@code mmap.mapped.size} is {@code mmap_mapped_size_bytes}), so every name that begins with the meter's counts.
   *
   * @param meter such as {@code mmap.operation.duration}
   * @param suffix such as {@code _count}, or the empty string
   */
  List<Sample> of(String meter, String suffix) {
    String name = meter.replace('.', '_');
    return samples.stream()
        .filter(s -> (s.name().equals(name + suffix) || s.name().startsWith(name + "_")) && s.name().endsWith(suffix))
        .toList();
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new LinkedHashMap<>();
    Matcher label = LABEL.matcher(text == null ? "" : text);
    while (label.find()) {
      labels.put(label.group(1), unescaped(label.group(2)));
    }
    return labels;
  }

  private static String unescaped(String value) {
    return ESCAPE.matcher(value).replaceAll(m -> Matcher.quoteReplacement(m.group(1).equals("n") ? "\n" : m.group(1)));
  }

  private static double value(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> Double.parseDouble(text);
    };
  }
}
