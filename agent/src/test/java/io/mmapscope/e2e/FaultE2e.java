package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.programs.Touches;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the tests of page faults share. */
abstract class FaultE2e extends E2e {

  /** Why a page fault may be told of without a mapping, or not as a span. */
  private static final List<String> REASONS =
      List.of(
          "ledger_in_doubt",
          "fault_mapping_unknown",
          "fault_while_mapping_changed",
          "fault_queue_full",
          "operation_in_progress",
          "before_exporters_fault",
          "slow_fault_refused");

  /** Of the agent's Prometheus page. */
  int port;

  /**
   * A touch of one page that the kernel counted faults of. A row of {@code TouchWork}.
   *
   * @param mode {@code user}, or {@code kernel} where a system call touched the page
   * @param resident whether the page was in the page cache before
   * @param trace and {@code span}: that was current; empty for none
   */
  record Touch(
      long address,
      String file,
      long offset,
      String mode,
      boolean resident,
      int minor,
      int major,
      String trace,
      String span,
      String thread) {

    static Touch of(String line) {
      String[] columns = line.split(",", -1);
      return new Touch(
          Long.parseLong(columns[0]),
          columns[1],
          Long.parseLong(columns[2]),
          columns[3],
          Boolean.parseBoolean(columns[4]),
          Integer.parseInt(columns[5]),
          Integer.parseInt(columns[6]),
          columns[7],
          columns[8],
          columns[9]);
    }

    int faults() {
      return minor + major;
    }

    /** Where the JVM had a page fault meanwhile, on its stack or in its code, what is left for the page. */
    Touch withoutOthers() {
      int ofPage = resident ? 0 : 1;
      return faults() == 1
          ? this
          : new Touch(address, file, offset, mode, resident, 1 - ofPage, ofPage, trace, span, thread);
    }
  }

  /** A JVM whose own page faults are few, with the agent's metrics on {@link #port} as well. */
  AgentJvm faultJvm(Jdk jdk, String minDuration) throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    return jvm(jdk)
        .setting("fault.min-duration", minDuration)
        .setting("metrics.exporter", "otlp,prometheus")
        .setting("queue.size", 1 << 20)
        .environment("OTEL_EXPORTER_PROMETHEUS_PORT", Integer.toString(port))
        .jvmOptions("-XX:+UseSerialGC", "-Xms128m", "-Xmx128m", "-XX:+AlwaysPreTouch")
        .jvmOptions("-Djna.tmpdir=" + workspace.directory("jna"))
        .classPath(workspace.readable(Libraries.jna()))
        .classPath(workspace.readable(Libraries.openTelemetry()))
        .timeout(Duration.ofSeconds(120));
  }

  /** The method that mapped the file that was touched. */
  static String creatorOf(Touch touch) {
    String file = touch.file();
    return Touches.class.getName() + ".map" + file.substring(0, 1).toUpperCase(Locale.ROOT) + file.substring(1);
  }

  /** Page faults of which something is not told because it is not certain. */
  long unattributed() {
    return (long)
        REASONS.stream()
            .mapToDouble(reason -> collector.sum("mmapscope.unattributed", Map.of("reason", reason)))
            .sum();
  }

  /** All that the agent says it left out, for messages. */
  Map<String, Double> leftOut() {
    Map<String, Double> reasons = new TreeMap<>();
    collector
        .series("mmapscope.unattributed")
        .forEach((tags, count) -> reasons.merge(String.valueOf(tags.get("reason")), count, Double::sum));
    return reasons;
  }

  /** No count is more than it is to be, and what all of them lack is counted. */
  void assertSameButForTheUncertain(Map<String, Integer> told, Map<String, Integer> expected) {
    Map<String, Integer> less = new TreeMap<>();
    Map<String, Integer> wrong = new TreeMap<>();
    expected.forEach((key, count) -> less.put(key, count));
    told.forEach((key, count) -> less.merge(key, -count, Integer::sum));
    less.forEach(
        (key, count) -> {
          if (count < 0) {
            wrong.put(key, -count);
          }
        });
    assertThat(wrong).as("counted where they did not happen").isEmpty();
    int uncertain = less.values().stream().mapToInt(Integer::intValue).sum();
    assertThat(uncertain).as("missing: %s", less).isLessThanOrEqualTo((int) unattributed());
  }

  static <T> Map<String, Long> count(List<T> all, Function<T, String> key) {
    return all.stream().collect(Collectors.groupingBy(key, TreeMap::new, Collectors.counting()));
  }

  static Map<String, List<Received.Span>> byThreadAndAddress(List<Received.Span> spans) {
    Map<String, List<Received.Span>> result = new HashMap<>();
    spans.forEach(
        span ->
            result
                .computeIfAbsent(span.text("thread.name") + ' ' + span.address(), key -> new ArrayList<>())
                .add(span));
    result.values().forEach(each -> each.sort((a, b) -> Long.compare(a.startNanos(), b.startNanos())));
    return result;
  }

  /** The first of the thread's spans at the address that was touched, taken out; null where there is none. */
  static Received.Span takeFor(Touch touch, Map<String, List<Received.Span>> spans) {
    List<Received.Span> all = spans.get(touch.thread() + ' ' + touch.address());
    return all == null || all.isEmpty() ? null : all.remove(0);
  }
}
