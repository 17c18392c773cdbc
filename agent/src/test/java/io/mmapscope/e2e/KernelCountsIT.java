package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.programs.KernelCalls;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;

/** What the kernel side counts is what the program did. */
@Tag("kernel")
@Tag("way")
class KernelCountsIT extends E2e {

  private static final int TIMES = AgentJvm.SLOWNESS > 1 ? 30 : 300;

  /** Of each system call, the programs' method names begin with. */
  private static final Map<String, String> METHOD =
      Map.of(
          "mmap", "mmap",
          "munmap", "munmap",
          "mremap", "mremap",
          "mprotect", "mprotect",
          "msync", "msync",
          "madvise", "madvise",
          "remap_file_pages", "remapFilePages");

  /** Neither the JVM nor the C library makes these on its own in a program so small. */
  private static final List<String> APPLICATION_ONLY = List.of("msync", "mremap", "remap_file_pages");

  private AgentJvm calls(Jdk jdk, Collector to, int times) {
    return jvm(jdk)
        .collector(to)
        // Thousands of spans at the exit of a program that lives for a second; a busy machine may take longer for them.
        .jvmOptions("-Dio.mmapscope.flush.millis=" + 30_000 * AgentJvm.SLOWNESS)
        .classPath(Libraries.jna())
        .program(KernelCalls.class, workspace.output().resolve("calls.dat"), times);
  }

  /** In operations of the application, which name each call: each is there, with its result, and none else. */
  @ParameterizedTest
  @Jdks
  void withinOperationsEachCallIsJoined(Jdk jdk) throws Exception {
    calls(jdk, collector, TIMES)
        .setting("operations", KernelCalls.class.getName() + "#*alid")
        .run()
        .succeeded();

    METHOD.forEach(
        (syscall, method) -> {
          assertSpans(syscall, method, "Valid", null);
          assertSpans(syscall, method, "Invalid", "EINVAL");
          assertThat(count(collector, syscall, "joined")).as("joined %s", syscall).isGreaterThanOrEqualTo(2.0 * TIMES);
        });
    for (String syscall : APPLICATION_ONLY) {
      assertThat(count(collector, syscall, "joined")).as("joined %s", syscall).isEqualTo(2.0 * TIMES);
    }
  }

  private void assertSpans(String syscall, String method, String suffix, String error) {
    List<Received.Span> spans = collector.spans("KernelCalls." + method + suffix);
    assertThat(spans).as("spans of %s%s", method, suffix).hasSize(TIMES);
    String caller = KernelCalls.class.getName() + '.' + suffix.toLowerCase(Locale.ROOT);
    assertThat(spans)
        .allSatisfy(
            span -> {
              assertThat(span.text("code.function.name")).isEqualTo(caller);
              List<Received.Event> calls =
                  span.events().stream().filter(event -> event.name().equals(syscall)).toList();
              // The JVM may grow its own memory meanwhile.
              boolean byJvm = syscall.equals("mmap") || syscall.equals("mprotect");
              assertThat(calls).as("calls of %s", span).hasSizeBetween(1, byJvm ? 3 : 1);
              assertThat(calls.stream().filter(call -> call.result().equals("EINVAL")).count())
                  .as("failed calls of %s", span)
                  .isEqualTo(error == null ? 0 : 1);
            });
  }

  /** Outside of operations: what is sent and what is lost make up what was done. */
  @ParameterizedTest
  @Jdks
  void outsideOperationsSentAndLostAreAll(Jdk jdk) throws Exception {
    try (Collector idle = new Collector()) {
      calls(jdk, idle, 0).run().succeeded();
      calls(jdk, collector, TIMES).run().succeeded();
      for (String syscall : APPLICATION_ONLY) {
        assertThat(seen(collector, syscall) - seen(idle, syscall)).as("seen %s", syscall).isEqualTo(2.0 * TIMES);
      }
    }
    METHOD.keySet().forEach(
        syscall -> {
          assertThat(seen(collector, syscall)).as("seen %s", syscall).isGreaterThanOrEqualTo(2.0 * TIMES);
          assertThat(invalid(syscall)).as("%s with EINVAL", syscall).isEqualTo(TIMES);
        });
  }

  private double invalid(String syscall) {
    return collector.sum("mmap.kernel.call.duration", Map.of("mmap.syscall", syscall, "error.type", "EINVAL"));
  }

  private static double seen(Collector collector, String syscall) {
    Map<String, Double> fates = new HashMap<>();
    for (String fate : List.of("joined", "sent", "lost")) {
      fates.put(fate, count(collector, syscall, fate));
    }
    return fates.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  private static double count(Collector collector, String syscall, String fate) {
    return collector.sum("mmapscope.kernel.events", Map.of("hook", syscall, "fate", fate));
  }
}
