package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mmapscope.e2e.programs.VirtualThreads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;

/** The kernel knows carriers, Java knows virtual threads: each operation has its own kernel call all the same. */
class VirtualThreadsIT extends E2e {

  private static final int THREADS = 400;
  private static final long PAGE = 4096;

  @ParameterizedTest
  @Jdks
  void eachOperationHasItsOwnCall(Jdk jdk) throws Exception {
    assumeTrue(jdk.feature() >= 22, "arenas are final since JDK 22, virtual threads since 21");
    Path truth = workspace.output().resolve("truth.csv");
    jvm(jdk)
        .setting("queue.size", 1 << 18)
        .jvmOptions("-Djdk.virtualThreadScheduler.parallelism=2", "-Djdk.virtualThreadScheduler.maxPoolSize=2")
        .program(VirtualThreads.class, workspace.directory("data"), truth, THREADS)
        .run()
        .succeeded();

    List<Received.Span> spans = collector.spans().stream().filter(span -> span.name().contains(".")).toList();
    List<String> operations = Files.readAllLines(truth);
    assertThat(operations).hasSizeGreaterThanOrEqualTo(THREADS * 10);
    SpanRows.assertSame(SpanRows.rows(spans), operations);
    assertThat(spans).allSatisfy(VirtualThreadsIT::hasItsOwnCall);
    assertThat(collector.sum("mmapscope.unattributed", Map.of("reason", "operation_without_kernel_part"))).isZero();
  }

  private static void hasItsOwnCall(Received.Span span) {
    assertThat(span.text("thread.name")).isEmpty();
    assertThat(span.calls()).as("calls of %s", span).hasSize(1);
    Received.Event call = span.calls().get(0);
    long start = span.address() & -PAGE;
    long length = span.address() + span.number("mmap.length") - start;
    String arguments = call.arguments();
    String result = call.result();
    if (span.name().equals("FileChannel.map")) {
      assertThat(call.name()).isEqualTo("mmap");
      assertThat(arguments).startsWith("addr=NULL, length=" + length + ",");
      assertThat(result).isEqualTo("0x" + Long.toHexString(start));
    } else {
      assertThat(call.name()).isEqualTo("munmap");
      assertThat(arguments).matches("addr=0x" + Long.toHexString(start) + ", length=" + length);
      assertThat(result).isEqualTo("0");
    }
    assertThat(call.nanos()).isBetween(span.startNanos(), span.endNanos());
  }
}
