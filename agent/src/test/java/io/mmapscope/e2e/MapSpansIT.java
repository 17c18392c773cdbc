package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mmapscope.e2e.programs.MapOperations;
import io.mmapscope.e2e.programs.SegmentOperations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;

/** Each operation is a span with its call site, what it was about, and the kernel's calls within it. */
class MapSpansIT extends E2e {

  private static final Map<String, String> SYSCALL =
      Map.of(
          "FileChannel.map", "mmap",
          "MappedByteBuffer.force", "msync",
          "MappedByteBuffer.load", "madvise",
          "FileChannel.unmap", "munmap");

  @ParameterizedTest
  @Jdks
  @Tag("kernel")
  void buffers(Jdk jdk) throws Exception {
    run(jdk, MapOperations.class);
  }

  @ParameterizedTest
  @Jdks
  void segments(Jdk jdk) throws Exception {
    assumeTrue(jdk.feature() >= 22, "mapped segments are final since JDK 22");
    run(jdk, SegmentOperations.class);
  }

  /** There the kernel's own ids of process and threads are not those that Java knows. */
  @ParameterizedTest
  @Jdks
  @Tag("kernel")
  void buffersInAPidNamespace(Jdk jdk) throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can make a PID namespace");
    run(jdk, MapOperations.class, "unshare", "--pid", "--fork", "--mount-proc");
  }

  @ParameterizedTest
  @Jdks
  void buffersInAPidNamespaceWithinAnother(Jdk jdk) throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can make a PID namespace");
    run(
        jdk,
        MapOperations.class,
        "unshare", "--pid", "--fork", "--mount-proc", "unshare", "--pid", "--fork", "--mount-proc");
  }

  /** Without tracefs the tracepoints have no numbers: other ways must do. */
  @ParameterizedTest
  @Jdks
  void buffersOfAnOrdinaryUserWithTwoCapabilitiesAndNoTracefs(Jdk jdk) throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can give capabilities");
    run(
        jdk,
        MapOperations.class,
        "unshare",
        "--mount",
        "sh",
        "-c",
        "umount -q /sys/kernel/tracing || :; exec setpriv --reuid=65534 --regid=65534 --clear-groups"
            + " --bounding-set=-all,+bpf,+perfmon --inh-caps=-all,+bpf,+perfmon --ambient-caps=-all,+bpf,+perfmon \"$@\"",
        "sh");
  }

  private void run(Jdk jdk, Class<?> program, String... prefix) throws Exception {
    Path file = workspace.output().resolve("data.bin");
    Path truth = workspace.output().resolve("truth.csv");
    jvm(jdk).under(prefix).program(program, file, truth).run().succeeded();

    List<Received.Span> spans =
        collector.spans().stream()
            .filter(span -> file.toString().equals(span.text("file.path")))
            .filter(span -> !span.name().startsWith("page_fault")) // on a slow machine any fault may be a slow one
            .toList();
    SpanRows.assertSame(SpanRows.rows(spans), Files.readAllLines(truth));
    spans.forEach(MapSpansIT::hasItsKernelCall);
    spans.forEach(MapSpansIT::hasItsAttributes);
    long size = Files.size(file);
    assertThat(spans).allSatisfy(span -> assertThat(span.number("file.size")).isEqualTo(size));
    assertThat(collector.resources()).allSatisfy(resource -> assertThat(resource).containsKey("service.name"));
  }

  private static void hasItsKernelCall(Received.Span span) {
    assertThat(span.calls()).as("calls of %s", span).hasSize(1);
    Received.Event call = span.calls().get(0);
    assertThat(call.name()).isEqualTo(SYSCALL.get(span.name()));
    assertThat(call.nanos()).as("time of the call in %s", span).isBetween(span.startNanos(), span.endNanos());
    assertThat((double) call.attributes().get("mmap.syscall.duration"))
        .isBetween(1e-9, (span.endNanos() - span.startNanos()) / 1e9);
    long page = span.address() & -Pages.BYTES;
    String result = call.result();
    String arguments = call.arguments();
    if (span.name().equals("FileChannel.map")) {
      assertThat(result).isEqualTo("0x" + Long.toHexString(page));
      assertThat(arguments).startsWith("addr=NULL, length=").contains("flags=MAP_").contains(", fd=");
    } else {
      assertThat(result).isEqualTo("0");
      assertThat(arguments).startsWith("addr=0x" + Long.toHexString(page) + ", length=");
    }
  }

  private static void hasItsAttributes(Received.Span span) {
    assertThat(span.scope()).isEqualTo("mmapscope");
    assertThat(span.error()).isFalse();
    assertThat(span.attributes())
        .containsKeys("thread.id", "code.stacktrace", "mmap.kernel.duration", "mmap.kernel.calls")
        .containsEntry("thread.name", "main")
        .containsEntry("code.file.path", span.text("code.function.name").replaceAll(".*\\.(\\w+)\\.\\w+", "$1.java"));
    boolean map = span.name().equals("FileChannel.map");
    assertThat(span.attributes().containsKey("mmap.mode")).as("mode of %s", span).isEqualTo(map);
    assertThat(span.attributes().containsKey("mmap.origin.line.number")).as("origin of %s", span).isNotEqualTo(map);
    assertThat(span.number("mmap.kernel.calls")).isEqualTo(span.events().size());
  }
}
