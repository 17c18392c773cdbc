package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.Touches;
import io.mmapscope.e2e.programs.VirtualTouches;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;

/** A carrier runs one request after another: a page fault is in the trace of the one that touched, or in none. */
class VirtualFaultsIT extends FaultE2e {

  private static final int THREADS = 1000;

  @ParameterizedTest
  @Jdks
  void noFaultIsInAnotherRequestsTrace(Jdk jdk) throws Exception {
    assumeTrue(jdk.feature() >= 21, "virtual threads are final since JDK 21");
    Path truth = workspace.output().resolve("truth.csv");
    Result result =
        faultJvm(jdk, "0ms")
            .jvmOptions("-Djdk.virtualThreadScheduler.parallelism=2", "-Djdk.virtualThreadScheduler.maxPoolSize=2")
            .program(VirtualTouches.class, workspace.directory("data"), truth, port, THREADS)
            .run()
            .succeeded();
    long address =
        Long.parseLong(
            result.stdout().lines().filter(line -> line.startsWith("address ")).findFirst().orElseThrow().substring(8));
    List<String> requests = Files.readAllLines(truth);
    long each = (long) VirtualTouches.PAGES * Touches.PAGE;
    List<String> wrong = new ArrayList<>();
    int faults = 0;
    int without = 0;
    for (Received.Span span : collector.spans("page_fault")) {
      long number = (span.address() - address) / each;
      if (span.address() < address || number >= THREADS) {
        continue;
      }
      faults++;
      if (span.parentSpanId().isEmpty()) {
        without++;
      } else if (!requests.get((int) number).equals(span.traceId() + ',' + span.parentSpanId())) {
        wrong.add(number + " in " + span.traceId());
      }
    }
    assertThat(wrong).as("faults in another request's trace").isEmpty();
    // The kernel may map more pages than the one touched.
    assertThat(faults).as("page faults of the requests").isGreaterThanOrEqualTo(THREADS / 4);
    double leftOut = collector.sum("mmapscope.unattributed", Map.of("reason", "fault_on_virtual_thread"));
    assertThat((double) without).as("left out of %d", faults).isLessThanOrEqualTo(leftOut);
    assertThat(without).as("left out of %d", faults).isLessThanOrEqualTo(faults / 10);
    for (Received.Span sum : collector.spans("page_faults")) {
      assertThat(requests).contains(sum.traceId() + ',' + sum.parentSpanId());
    }
  }
}
