package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.Hello;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;

/** A program that ends at once and maps nothing: it does not pay for what it has no use of. */
class ShortProgramIT extends E2e {

  private static final String SHADED = "io.mmapscope.shaded.";

  /** The agent's classes that a hello-world loads. */
  private List<String> loaded(Jdk jdk, Collector collector) throws Exception {
    Path log = workspace.output().resolve("classes.log");
    Result result =
        new AgentJvm(workspace, jdk)
            .collector(collector)
            .setting("span.min-duration", "1m") // on a busy machine the JVM's own calls can be slow
            .jvmOptions("-Xlog:class+load:file=" + log + "::filecount=0")
            .program(Hello.class, "return")
            .run()
            .succeeded();
    assertThat(result.agentLines()).singleElement().asString().matches(START_LINE);
    List<String> classes = Files.readAllLines(log).stream().filter(line -> line.contains(" io.mmapscope.")).toList();
    assertThat(classes).anyMatch(line -> line.contains(" io.mmapscope.exporter.ExportingListener "));
    return classes;
  }

  @ParameterizedTest
  @Jdks
  void withoutACollectorOpenTelemetrysExportersAreNotSetUp(Jdk jdk) throws Exception {
    try (Collector down = new Collector(Collector.Mode.DOWN)) {
      assertThat(loaded(jdk, down)).noneMatch(line -> line.contains(SHADED + "io.opentelemetry.exporter."));
    }
  }

  @ParameterizedTest
  @Jdks
  void withACollectorTheKernelsCountsArriveAndNothingIsWoven(Jdk jdk) throws Exception {
    List<String> classes = loaded(jdk, collector);
    assertThat(classes)
        .anyMatch(line -> line.contains(SHADED + "io.opentelemetry.exporter."))
        .noneMatch(line -> line.contains(SHADED + "net.bytebuddy.dynamic."));
    assertThat(collector.sum("mmapscope.kernel.seen", Map.of("hook", "mmap"))).isPositive();
    assertThat(collector.sum("mmap.mappings", Map.of())).isPositive();
  }
}
