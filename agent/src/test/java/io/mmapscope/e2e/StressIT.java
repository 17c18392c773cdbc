package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.Stress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;

/** Many threads and call sites at once: every operation is reported right, or counted as lost. */
class StressIT extends E2e {

  private static final int THREADS = 8;
  private static final int SECONDS = Integer.getInteger("e2e.stress.seconds", 20);

  /** Why an operation may have been lost on its way to the collector. */
  private static final List<String> LOST =
      List.of("queue_full", "before_exporters", "export_queue_full", "export_failed", "export_closed");

  @ParameterizedTest
  @Jdks
  void everySpanIsRightAndNoneIsMissing(Jdk jdk) throws Exception {
    Path data = workspace.directory("data");
    Path truth = workspace.output().resolve("truth.csv");
    Result result =
        jvm(jdk)
            .setting("queue.size", 1 << 20)
            .program(Stress.class, data, truth, THREADS, SECONDS, 3000)
            .timeout(Duration.ofSeconds(SECONDS + 60))
            .run()
            .succeeded();

    List<String> operations = Files.readAllLines(truth);
    assertThat(operations).as("operations in %s", result).hasSizeGreaterThan(SECONDS * 1000);
    SpanRows.assertSame(SpanRows.rows(spansIn(data)), operations);
    assertThat(lost(LOST)).as("lost").isZero();
    assertThat(spansIn(data).stream().filter(span -> span.number("mmap.kernel.calls") < 1).count())
        .as("spans without a kernel call")
        .isZero();
    assertThat(result.agentLines()).hasSize(1);
  }

  /** Without the kernel part all that is exported, or lost on the way, is operations: the sum must be exact. */
  @ParameterizedTest
  @Jdks
  void withAQueueTooSmallEachLossIsCounted(Jdk jdk) throws Exception {
    List<String> operations = runWithSmallQueue(jdk, "kernel=off");
    List<Received.Span> spans = operationSpans();
    assertThat(lost(LOST)).as("lost operations").isPositive();
    assertThat(spans.size() + lost(LOST)).as("%d spans and the lost", spans.size()).isEqualTo(operations.size());
    SpanRows.assertNoneWrong(SpanRows.rows(spans), operations);
  }

  /** Kernel calls of operations that were refused arrive too: none of them may be taken for an operation's. */
  @ParameterizedTest
  @Jdks
  void withAQueueTooSmallWhatArrivesIsRight(Jdk jdk) throws Exception {
    List<String> operations = runWithSmallQueue(jdk, "kernel=auto");
    List<Received.Span> spans = operationSpans();
    SpanRows.assertNoneWrong(SpanRows.rows(spans), operations);
    assertThat(spans.size() + lost(List.of("queue_full"))).isLessThanOrEqualTo(operations.size());
    assertThat(spans.size() + lost(LOST)).isGreaterThanOrEqualTo(operations.size());
  }

  private List<String> runWithSmallQueue(Jdk jdk, String setting) throws Exception {
    Path truth = workspace.output().resolve("truth.csv");
    jvm(jdk)
        .setting("queue.size", 64)
        .argument(setting)
        .program(Stress.class, workspace.directory("data"), truth, THREADS, 3, 0)
        .timeout(Duration.ofSeconds(60))
        .run()
        .succeeded();
    return Files.readAllLines(truth);
  }

  private List<Received.Span> operationSpans() {
    return collector.spans().stream().filter(span -> span.name().contains(".")).toList();
  }

  private List<Received.Span> spansIn(Path directory) {
    return collector.spans().stream()
        .filter(span -> span.text("file.path") != null && span.text("file.path").startsWith(directory.toString()))
        .toList();
  }

  private long lost(List<String> reasons) {
    return (long)
        reasons.stream().mapToDouble(reason -> collector.sum("mmapscope.unattributed", Map.of("reason", reason))).sum();
  }
}
