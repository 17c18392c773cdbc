package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.DirectBuffers;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;

/** Memory without a file stands apart where it is behind direct buffers and arenas, for as long as it is. */
class DirectMemoryIT extends FaultE2e {

  /** What asks the agent has connections, whose small buffers are direct as well. */
  private static final long OTHERS = 100;

  @ParameterizedTest
  @Jdks
  void isToldFromOtherMemory(Jdk jdk) throws Exception {
    Result result = faultJvm(jdk, "10s").program(DirectBuffers.class, port).run().succeeded();
    Set<String> kinds = new TreeSet<>();
    for (String line : result.stdout().lines().toList()) {
      String[] words = line.split(" ");
      kinds.add(words[0]);
      long faults = Long.parseLong(words[2]);
      // Of each the first page has malloc's header, and malloc touches it; a few are the JVM's own.
      long least = faults - 2 * DirectBuffers.BUFFERS - unattributed();
      assertThat(Long.parseLong(words[1])).as(line).isBetween(Math.max(0, least), faults + OTHERS);
      assertThat(faults).as(line).satisfies(count -> assertThat(count == 0).isEqualTo(line.startsWith("native")));
    }
    assertThat(kinds).contains("buffers", "native", "freed");
    assertThat(kinds.contains("segments")).isEqualTo(jdk.feature() >= 22);
    assertThat(leftOut()).doesNotContainKey("direct_memory_queue_full");
    assertThat(collector.sum("mmapscope.failures", Map.of())).isZero();
  }
}
