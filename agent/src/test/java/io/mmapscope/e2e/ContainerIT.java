package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.KernelCalls;
import io.mmapscope.e2e.programs.MapOperations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** In a container all is as outside of it, and nothing is of another one, where processes have the same numbers. */
class ContainerIT extends E2e {

  private static final int WITHOUT_END = 1_000_000_000;
  private static final long LONGEST_NANOS = 30_000_000_000L;

  @Test
  void spansAreThoseOfThisProcessAlone() throws Exception {
    Path file = workspace.output().resolve("data.bin");
    Path truth = workspace.output().resolve("truth.csv");
    Result result;
    try (Container container = new Container(workspace);
        Container other = new Container(workspace);
        LiveJvm neighbour = neighbour(other)) {
      result = jvm(Jdk.current()).under(container.under()).program(MapOperations.class, file, truth).run();
      assertThat(ProcessHandle.of(neighbour.pid()).filter(ProcessHandle::isAlive)).as("neighbour").isPresent();
    }
    result.succeeded();
    assertThat(result.agentLines()).singleElement().asString().matches(START_LINE);
    assertThat(collector.series("mmapscope.level")).containsOnlyKeys(Map.of("level", "full"));
    List<Received.Span> spans =
        collector.spans().stream()
            .filter(span -> file.toString().equals(span.text("file.path")) && !span.name().startsWith("page_fault"))
            .toList();
    SpanRows.assertSame(SpanRows.rows(spans), Files.readAllLines(truth));
    assertThat(spans).allSatisfy(span -> assertThat(span.calls()).hasSize(1));
    // These are made by nobody but the programs.
    long forced = spans.stream().filter(span -> span.name().equals("MappedByteBuffer.force")).count();
    assertThat(forced).isPositive();
    assertThat(collector.sum("mmapscope.kernel.seen", Map.of("hook", "msync"))).isEqualTo(forced);
    assertThat(collector.sum("mmapscope.kernel.seen", Map.of("hook", "remap_file_pages"))).isZero();
  }

  /** Makes each call, again and again. */
  private LiveJvm neighbour(Container container) throws Exception {
    Path data = workspace.output().resolve("calls.dat");
    LiveJvm neighbour =
        jvm(Jdk.current())
            .withoutAgent()
            .under(container.under())
            .classPath(workspace.readable(Libraries.jna()))
            .jvmOptions("-Djna.tmpdir=" + workspace.directory("jna"))
            .program(KernelCalls.class, data, WITHOUT_END)
            .start();
    long deadline = System.nanoTime() + LONGEST_NANOS;
    while (!Files.exists(data) && System.nanoTime() - deadline < 0) {
      Thread.sleep(20);
    }
    return neighbour;
  }
}
