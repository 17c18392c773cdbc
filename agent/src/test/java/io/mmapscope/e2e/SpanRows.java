package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Spans in the form in which the test programs write down what they did, to be compared as multisets. */
final class SpanRows {

  private static final int SHOWN = 10;

  private SpanRows() {}

  private static final int ORIGIN = 6;
  private static final int FILE = 7;

  /** {@code operation,class.method,line,address,length,offset,origin,file}; -1 or {@code null} for none. */
  static String row(Received.Span span) {
    Long offset = span.number("mmap.offset");
    return String.join(
        ",",
        span.name(),
        span.text("code.function.name"),
        String.valueOf(span.number("code.line.number")),
        String.valueOf(span.address()),
        String.valueOf(span.number("mmap.length")),
        String.valueOf(offset == null ? -1 : offset),
        origin(span),
        span.text("file.path"));
  }

  private static String origin(Received.Span span) {
    String function = span.text("mmap.origin.function.name");
    return function == null ? null : function + ':' + span.number("mmap.origin.line.number");
  }

  static List<String> rows(List<Received.Span> spans) {
    return spans.stream().map(SpanRows::row).toList();
  }

  /** Fails, with the first differences, where the two are not the same multiset. */
  static void assertSame(List<String> spans, List<String> truth) {
    List<String> wrong = without(spans, truth);
    List<String> missing = without(truth, spans);
    assertThat(wrong.size())
        .as("%d spans, %d operations; spans of no operation: %s; operations without span: %s",
            spans.size(), truth.size(), head(wrong), head(missing))
        .isZero();
    assertThat(missing.size()).as("operations without span: %s", head(missing)).isZero();
  }

  /**
   * Fails where a span is of no operation, or names another file or origin than its operation's. A span may leave these
   * two out: where operations were lost the agent cannot always know them.
   */
  static void assertNoneWrong(List<String> spans, List<String> truth) {
    List<String> wrong = without(plus(-1, spans), plus(-1, truth));
    assertThat(wrong.size()).as("spans of no operation: %s", head(wrong)).isZero();
    List<String> wrongFile = without(plus(FILE, with(FILE, spans)), plus(FILE, truth));
    assertThat(wrongFile.size()).as("of %d spans, with a wrong file: %s", spans.size(), head(wrongFile)).isZero();
    List<String> wrongOrigin = without(plus(ORIGIN, with(ORIGIN, spans)), plus(ORIGIN, truth));
    assertThat(wrongOrigin.size()).as("of %d spans, with a wrong origin: %s", spans.size(), head(wrongOrigin)).isZero();
  }

  /** Those that have this column. */
  private static List<String> with(int column, List<String> rows) {
    return rows.stream().filter(row -> !row.split(",")[column].equals("null")).toList();
  }

  /** The columns that every span has, and one more. */
  private static List<String> plus(int column, List<String> rows) {
    return rows.stream()
        .map(row -> row.split(","))
        .map(row -> String.join(",", Arrays.copyOf(row, ORIGIN)) + (column < 0 ? "" : "," + row[column]))
        .toList();
  }

  /** What is left of {@code these} when each of {@code those} has taken away one that equals it. */
  static List<String> without(List<String> these, List<String> those) {
    Map<String, Integer> counts = new HashMap<>();
    those.forEach(row -> counts.merge(row, 1, Integer::sum));
    List<String> left = new ArrayList<>();
    for (String row : these) {
      if (counts.merge(row, -1, Integer::sum) < 0) {
        left.add(row);
      }
    }
    return left;
  }

  private static List<String> head(List<String> rows) {
    return rows.subList(0, Math.min(SHOWN, rows.size()));
  }
}
