package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.programs.Traces;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * The application's own OpenTelemetry, not the agent's: what it maps within a sampled span is a child of that span,
 * and nothing else is in any of its traces.
 */
class TraceIT extends E2e {

  /** A row of the program. The ids are empty where no span was current. */
  private record Row(long address, String kind, String traceId, String spanId) {
    static Row of(String line) {
      String[] columns = line.split(",", -1);
      return new Row(Long.parseLong(columns[0]), columns[1], columns[2], columns[3]);
    }
  }

  private List<Row> run(Jdk jdk, String minDuration) throws Exception {
    Path truth = workspace.output().resolve("truth.csv");
    new AgentJvm(workspace, jdk)
        .setting("span.min-duration", minDuration)
        .setting("queue.size", 1 << 18)
        .collector(collector)
        .jvmOptions("--add-opens=java.base/java.nio=ALL-UNNAMED")
        .classPath(Libraries.openTelemetry())
        .program(Traces.class, workspace.output().resolve("data.bin"), truth)
        .run()
        .succeeded();
    List<Row> rows = Files.readAllLines(truth).stream().map(Row::of).toList();
    Map<String, Long> kinds = rows.stream().collect(Collectors.groupingBy(Row::kind, Collectors.counting()));
    assertThat(kinds.get("sampled")).as("of %s", kinds).isGreaterThan(300);
    assertThat(kinds.get("unsampled")).as("of %s", kinds).isGreaterThan(100);
    assertThat(kinds.get("none")).as("of %s", kinds).isGreaterThan(50);
    assertThat(kinds.get("two")).as("of %s", kinds).isGreaterThan(20);
    return rows;
  }

  private Map<Long, Received.Span> spansByAddress() {
    List<Received.Span> spans = collector.spans("FileChannel.map");
    // The program unmaps nothing, so no address comes twice.
    return spans.stream().collect(Collectors.toMap(Received.Span::address, Function.identity()));
  }

  private static void assertIsChild(Received.Span span, Row row) {
    assertThat(span).as("span of %s", row).isNotNull();
    assertThat(span.traceId()).as("trace of %s", row).isEqualTo(row.traceId);
    assertThat(span.parentSpanId()).as("parent of %s", row).isEqualTo(row.spanId);
  }

  @ParameterizedTest
  @Jdks
  @Tag("kernel")
  void eachSpanIsInTheTraceThatItsOperationWasIn(Jdk jdk) throws Exception {
    List<Row> rows = run(jdk, "0ms");
    Map<Long, Received.Span> spans = spansByAddress();
    assertThat(spans).hasSize(rows.size());
    Set<String> applications = new TreeSet<>(rows.stream().map(Row::traceId).toList());
    for (Row row : rows) {
      Received.Span span = spans.get(row.address);
      if (row.kind.equals("sampled")) {
        assertIsChild(span, row);
      } else {
        assertThat(span).as("span of %s", row).isNotNull();
        assertThat(span.parentSpanId()).as("parent of %s", row).isEmpty();
        assertThat(applications).as("traces of the application, and %s", row).doesNotContain(span.traceId());
      }
    }
  }

  @ParameterizedTest
  @Jdks
  void belowTheDurationOnlySampledTracesHaveSpans(Jdk jdk) throws Exception {
    List<Row> rows = run(jdk, "60s");
    Map<Long, Received.Span> spans = spansByAddress();
    for (Row row : rows) {
      if (row.kind.equals("sampled")) {
        assertIsChild(spans.get(row.address), row);
      } else {
        assertThat(spans.get(row.address)).as("span of %s", row).isNull();
      }
    }
  }
}
