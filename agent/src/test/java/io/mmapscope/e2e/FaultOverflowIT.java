package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.Overflow;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;

/** More page faults than there is room for while the agent reads none: the rest is counted, and all else is right. */
class FaultOverflowIT extends FaultE2e {

  @ParameterizedTest
  @Jdks
  void whatIsLostIsCountedAndTheRestIsRight(Jdk jdk) throws Exception {
    Result result =
        faultJvm(jdk, "10s").program(Overflow.class, workspace.directory("data"), port).run().succeeded();
    String[] total = line(result, "total ").split(" ");
    long seen = Long.parseLong(total[1]);
    assertThat(seen)
        .isBetween((long) (Long.parseLong(total[2]) * 0.999), (long) (Long.parseLong(total[3]) * 1.001));

    double lost = collector.sum("mmapscope.kernel.events", Map.of("hook", "page_fault", "fate", "lost"));
    assertThat(lost).as("lost, of %d", seen).isPositive();
    double touched = Double.parseDouble(line(result, "touched ").split(" ")[1]);
    double told = collector.sum("mmap.faults", Map.of("file.extension", "ovf"));
    assertThat(told).as("told of the file, lost %s", lost).isLessThanOrEqualTo(touched).isPositive();
    assertThat(told + lost + unattributed()).isGreaterThanOrEqualTo(touched * 0.999);
    Map<String, String> right =
        Map.of(
            "file.extension", "ovf",
            "code.function.name", Overflow.class.getName() + ".map",
            "mmap.owner", "application",
            "mmap.memory", "file");
    assertThat(collector.sum("mmap.faults", right)).isEqualTo(told);
  }

  private static String line(Result result, String begin) {
    return result.stdout().lines().filter(line -> line.startsWith(begin)).findFirst().orElseThrow();
  }
}
