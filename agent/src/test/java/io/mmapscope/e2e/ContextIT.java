package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mmapscope.e2e.programs.Contexts;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;

/** The application's OpenTelemetry context is in the slot of the thread on which it is current, and no other is. */
class ContextIT extends E2e {

  private static final Pattern COUNTS = Pattern.compile("known=(\\d+) unknown=(\\d+)");

  private record Counts(long known, long unknown) {
    static Counts of(AgentJvm.Result result) {
      Matcher counts = COUNTS.matcher(result.succeeded().stdout());
      assertThat(counts.find()).as("counts in %s", result).isTrue();
      return new Counts(Long.parseLong(counts.group(1)), Long.parseLong(counts.group(2)));
    }
  }

  private AgentJvm jvm(Jdk jdk, Object... arguments) {
    return jvm(jdk).classPath(Libraries.openTelemetry()).program(Contexts.class, arguments);
  }

  @ParameterizedTest
  @Jdks
  void isCurrentOnPlatformThreads(Jdk jdk) throws Exception {
    AgentJvm.Result result = jvm(jdk, 8, 0).run();
    assertThat(Counts.of(result)).isEqualTo(new Counts(8 * 801, 0));
    assertThat(result.otherLines()).isEmpty();
    assertThat(collector.sum("mmapscope.failures", Map.of())).isZero();
  }

  @ParameterizedTest
  @Jdks
  void isCurrentWhereContextsWereUsedBeforeTheAgentCame(Jdk jdk) throws Exception {
    AgentJvm.Result result =
        jvm(jdk, 8, 0, workspace.jar(), "span.min-duration=0ms")
            .withoutAgent()
            .jvmOptions("-Djdk.attach.allowAttachSelf=true", "-XX:+EnableDynamicAgentLoading")
            .run();
    assertThat(Counts.of(result)).isEqualTo(new Counts(8 * 801, 0));
  }

  @ParameterizedTest
  @Jdks
  void followsVirtualThreadsFromCarrierToCarrier(Jdk jdk) throws Exception {
    assumeTrue(jdk.feature() >= 21, "virtual threads are final since JDK 21");
    AgentJvm.Result result =
        jvm(jdk, 2, 1000)
            .jvmOptions("-Djdk.virtualThreadScheduler.parallelism=2", "-Djdk.virtualThreadScheduler.maxPoolSize=2")
            .run();
    assertThat(Counts.of(result)).isEqualTo(new Counts(1002 * 801, 0));
    assertThat(result.otherLines()).isEmpty();
    assertThat(collector.sum("mmapscope.failures", Map.of())).isZero();
  }
}
