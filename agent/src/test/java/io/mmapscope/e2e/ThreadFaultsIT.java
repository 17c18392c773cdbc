package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.ThreadFaults;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;

/** Page faults of threads that live for a moment, beside many others; and those of an operation, on its span. */
class ThreadFaultsIT extends FaultE2e {

  private static final int LIVING = 250;
  private static final int SHORT = 2000;

  @ParameterizedTest
  @Jdks
  void eachThreadIsCoveredFromItsBeginning(Jdk jdk) throws Exception {
    Result result =
        faultJvm(jdk, "10s")
            .program(ThreadFaults.class, workspace.directory("data"), port, LIVING, SHORT)
            .run()
            .succeeded();
    int faults = Integer.parseInt(line(result, "faults ")[1]);
    assertThat(faults).isGreaterThanOrEqualTo(SHORT);
    // Of some threads the kernel counts one more, on the thread's own stack.
    int told = (int) collector.sum("mmap.faults", Map.of("file.extension", "shr", "mmap.memory", "file"));
    assertThat(told).isBetween(SHORT - (int) unattributed(), faults);
    assertThat(collector.sum("mmapscope.kernel.events", Map.of("hook", "page_fault", "fate", "lost"))).isZero();
    assertLoad(line(result, "load "));
  }

  private void assertLoad(String[] judged) {
    assertThat(collector.spans("MappedByteBuffer.load")).hasSize(1);
    Received.Span load = collector.spans("MappedByteBuffer.load").get(0);
    assertThat(load.text("file.path")).endsWith("/load.cld");
    assertThat(load.number("mmap.faults.major")).as("major faults").isEqualTo(Long.parseLong(judged[2]));
    assertThat(load.number("mmap.faults.minor") + load.number("mmap.faults.major")).isPositive();
    // The way to the operation and back may touch pages of the JVM's: it is gone for the first time.
    assertThat(Long.parseLong(judged[1]) - load.number("mmap.faults.minor")).as("minor faults").isBetween(0L, 64L);
  }

  private static String[] line(Result result, String start) {
    return result.stdout().lines().filter(line -> line.startsWith(start)).findFirst().orElseThrow().split(" ");
  }
}
