package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.Stress;
import io.mmapscope.e2e.programs.Successors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;

/** Many threads and call sites at once: every operation is reported right, or counted as lost. */
class StressIT extends E2e {

  private static final int THREADS = 8;
  private static final int SECONDS = 20;
  private static final int SECONDS_ON_OTHER_JDKS = 5;

  /** Why an operation may have been lost on its way to the collector; kernel events have reasons of their own. */
  private static final List<String> LOST =
      List.of("queue_full", "before_exporters", "export_queue_full", "export_failed", "export_closed");

  @ParameterizedTest
  @Jdks
  void everySpanIsRightAndNoneIsMissing(Jdk jdk) throws Exception {
    int seconds = jdk.feature() == Jdk.current().feature() ? SECONDS : SECONDS_ON_OTHER_JDKS;
    Path data = workspace.directory("data");
    Path truth = workspace.output().resolve("truth.csv");
    Result result =
        jvm(jdk)
            .setting("queue.size", 1 << 20)
            .program(Stress.class, data, truth, THREADS, seconds, 3000)
            .timeout(Duration.ofSeconds(seconds + 60))
            .run()
            .succeeded();

    List<String> operations = Files.readAllLines(truth);
    assertThat(operations).as("operations in %s", result).hasSizeGreaterThan(seconds * 1000);
    List<Received.Span> spans = operationSpans();
    SpanRows.assertSame(SpanRows.rows(spans), operations);
    assertThat(lost(LOST)).as("lost").isZero();
    assertThat(spans.stream().filter(span -> span.number("mmap.kernel.calls") < 1).count())
        .as("spans without a kernel call")
        .isZero();
    assertThat(result.agentLines()).hasSize(1);
  }

  @ParameterizedTest
  @Jdks
  void withAQueueTooSmallEachLossIsCounted(Jdk jdk) throws Exception {
    assertEachLossIsCounted(jdk, "kernel=auto");
  }

  @ParameterizedTest
  @Jdks
  void withoutTheKernelPartToo(Jdk jdk) throws Exception {
    assertEachLossIsCounted(jdk, "kernel=off");
  }

  /** Kernel calls of operations that were refused arrive too: none of them may be taken for an operation's. */
  private void assertEachLossIsCounted(Jdk jdk, String setting) throws Exception {
    List<String> operations = runWithSmallQueue(jdk, setting);
    List<Received.Span> spans = operationSpans();
    SpanRows.assertNoneWrong(SpanRows.rows(spans), operations);
    assertThat(lost(LOST)).as("lost operations").isPositive();
    assertThat(spans.size() + lost(LOST)).as("%d spans and the lost", spans.size()).isEqualTo(operations.size());
  }

  /** The kernel's list cannot tell a mapping from one that was made in its place. */
  @ParameterizedTest
  @Jdks
  void afterALossNoMappingIsTakenForItsPredecessor(Jdk jdk) throws Exception {
    Path file = workspace.output().resolve("data.bin");
    jvm(jdk)
        .setting("queue.size", 16)
        .setting("kernel", "off")
        .program(Successors.class, file)
        .run()
        .succeeded();
    assertThat(lost(List.of("queue_full"))).as("lost operations").isPositive();
    List<Received.Span> loads = collector.spans("MappedByteBuffer.load");
    assertThat(loads).hasSizeGreaterThan(30);
    assertThat(loads).extracting(span -> span.text("file.path")).containsOnly(file.toString());
    assertThat(loads)
        .extracting(span -> span.text("mmap.origin.function.name"))
        .isSubsetOf(null, Successors.class.getName() + ".successor");
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

  private long lost(List<String> reasons) {
    return (long)
        reasons.stream().mapToDouble(reason -> collector.sum("mmapscope.unattributed", Map.of("reason", reason))).sum();
  }
}
