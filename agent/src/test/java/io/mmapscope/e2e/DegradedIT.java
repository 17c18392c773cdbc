package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.MapOperations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Without privileges or without a collector the application runs as before. */
class DegradedIT extends E2e {

  /** Runs a command as a user without any capability. */
  static final String[] NOBODY = {
    "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all"
  };

  /** The exporters' time at exit, and what a loaded machine needs for the rest. */
  private static final Duration LATEST_EXIT = Duration.ofSeconds(5 + 2);

  @ParameterizedTest
  @Jdks
  void withoutCapabilitiesSpansLackTheirKernelPart(Jdk jdk) throws Exception {
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another user");
    assertNoKernelPart(this, jvm(jdk).under(NOBODY), DEGRADED_LINE);
  }

  /** The program runs as ever, its operations are spans without what the kernel would say, and one line says why. */
  static void assertNoKernelPart(E2e test, AgentJvm jvm, String line) throws Exception {
    Path file = test.workspace.output().resolve("data.bin");
    Path truth = test.workspace.output().resolve("truth.csv");
    Result result = jvm.program(MapOperations.class, file, truth).run().succeeded();

    assertThat(result.stdout()).isEqualTo("done\n");
    assertThat(result.agentLines()).singleElement().asString().matches(line);
    List<Received.Span> spans =
        test.collector.spans().stream().filter(span -> file.toString().equals(span.text("file.path"))).toList();
    SpanRows.assertSame(SpanRows.rows(spans), Files.readAllLines(truth));
    assertThat(spans)
        .allSatisfy(
            span -> {
              assertThat(span.events()).isEmpty();
              assertThat(span.attributes()).doesNotContainKeys("mmap.kernel.calls", "mmap.kernel.duration");
            });
  }

  @ParameterizedTest
  @EnumSource
  void collectorCannotHoldUpTheExit(Collector.Mode mode) throws Exception {
    Path file = workspace.output().resolve("data.bin");
    Path truth = workspace.output().resolve("truth.csv");
    try (Collector other = new Collector(mode)) {
      Result without =
          jvm(Jdk.current()).withoutAgent().program(MapOperations.class, file, truth).run().succeeded();
      Result with =
          jvm(Jdk.current()).collector(other).program(MapOperations.class, file, truth).run().succeeded();
      assertThat(with.stdout()).isEqualTo("done\n");
      assertThat(with.elapsed()).isLessThan(without.elapsed().plus(LATEST_EXIT));
      assertThat(with.agentLines()).first().asString().matches(START_LINE);
    }
  }
}
