package io.mmapscope.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the user of a program sees of the exporter: nothing, on stdout and stderr, unless it was asked for. */
class ChildJvmTest {

  @TempDir Path directory;

  private record Ended(int exit, List<String> out, List<String> err) {}

  private Ended run(String argument, Map<String, String> environment) throws Exception {
    File out = directory.resolve("out").toFile();
    File err = directory.resolve("err").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classPath(),
            ChildProgram.class.getName(),
            argument);
    builder.environment().keySet().removeIf(name -> name.startsWith("OTEL_") || name.equals("JAVA_TOOL_OPTIONS"));
    builder.environment().putAll(environment);
    Process process = builder.redirectOutput(out).redirectError(err).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), Files.readAllLines(out.toPath()), Files.readAllLines(err.toPath()));
  }

  /** Without SLF4J, which only the tests have, by way of ArchUnit, and which has something to say of itself. */
  private static String classPath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.contains("slf4j-api"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "traces.exporter=zipkin;metrics.exporter=prometheus,otlp"})
  void exportsWithoutAWord(String argument) throws Exception {
    try (Collector collector = new Collector()) {
      Ended ended =
          run(
              argument,
              Map.of(
                  "OTEL_EXPORTER_OTLP_ENDPOINT", collector.url(),
                  "OTEL_EXPORTER_ZIPKIN_ENDPOINT", collector.url() + "/api/v2/spans",
                  "OTEL_EXPORTER_PROMETHEUS_PORT", "0",
                  "OTEL_SERVICE_NAME", "child"));
      assertThat(ended.err).isEmpty();
      assertThat(ended.out).hasSize(3).endsWith("failures []", "unattributed {}");
      assertThat(ended.out.get(0)).startsWith("created ");
      assertThat(ended.exit).isZero();
      assertThat(collector.spans().size() + collector.zipkin.size()).isEqualTo(argument.isEmpty() ? 4 : 1);
      assertThat(collector.lastMetrics()).containsKeys("mmap.operation.duration", "mmap.kernel.call.duration");
    }
  }

  @Test
  void theConsoleIsStandardOutput() throws Exception {
    Ended ended = run("traces.exporter=console;metrics.exporter=console", Map.of());
    assertThat(ended.err).isEmpty();
    assertThat(ended.out)
        .anySatisfy(line -> assertThat(line).startsWith("span FileChannel.map 5.0 ns at 2023-11-14T22:13:20.001Z"))
        .contains(
            "    trace " + Samples.SAMPLED.traceId() + " span " + spanId(ended.out) + " parent 0000000000000021",
            "    code.function.name: com.acme.Store.open",
            "    +500.0 ns mmap(addr=NULL, length=65536, prot=PROT_READ, flags=MAP_SHARED, fd=3, offset=0)"
                + " = 0x7f1200000000 <2.0 us>",
            "    +0.0 ns mmap.sigbus file.path: /var/lib/acme/_0.cfs, file.size: 4096, mmap.address: 0x7f1200002011,"
                + " mmap.file.size.mapped: 70000, mmap.offset: 12288,"
                + " mmap.origin.function.name: com.acme.Store.open, mmap.origin.line.number: 42",
            "    mmap.faults.files: [_1p.fdt 12 faults 48.2 ms, _0.cfs 1 fault 3.0 ms]",
            "    +0.0 ns page_faults.file file.path: /var/lib/acme/_0.cfs, mmap.faults: 1, mmap.faults.duration: 0.003",
            "metric mmap.limit 65530",
            "metric mmap.faults{code.function.name=com.acme.Store.open, file.extension=cfs, mmap.fault.mode=user,"
                + " mmap.memory=file, mmap.owner=application, system.paging.fault.type=major} 1",
            "metric mmap.operation.duration{code.function.name=com.acme.Store.open, error.type=ENOMEM,"
                + " mmap.operation=Db.open} count 1 sum 2.0 ms mean 2.0 ms")
        .anySatisfy(line -> assertThat(line).startsWith("span page_fault 0.0 ns at ").endsWith(" ERROR"))
        .anySatisfy(line -> assertThat(line).startsWith("span page_faults 60.0 ms at "))
        .anySatisfy(line -> assertThat(line).startsWith("span Db.open 2.0 ms at ").endsWith(" ERROR"));
  }

  private static String spanId(List<String> lines) {
    return lines.stream()
        .filter(line -> line.contains(" parent "))
        .map(line -> line.replaceAll(".* span ([0-9a-f]{16}) .*", "$1"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aDisabledSdkExportsNothing() throws Exception {
    try (Collector collector = new Collector()) {
      Ended ended =
          run("", Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url(), "OTEL_SDK_DISABLED", "true"));
      assertThat(ended.err).isEmpty();
      assertThat(ended.out).endsWith("failures []", "unattributed {}");
      assertThat(collector.headers).isEmpty();
    }
  }
}
