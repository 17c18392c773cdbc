package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.Remap;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;

/** remap_file_pages through a native binding: what was asked, what came of it, who made the mapping it hit. */
class RemapIT extends E2e {

  private static final int PAGE = 4096;

  private Path file;

  @BeforeEach
  void name() {
    file = workspace.output().resolve("remap.dat");
  }

  /** A line {@code call …} of the program. */
  private record Call(String name, long line, long address, long size, int prot, long pgoff, int errno) {
    static Call of(String line) {
      String[] words = line.split(" ");
      return new Call(
          words[1],
          Long.parseLong(words[2]),
          Long.parseLong(words[3]),
          Long.parseLong(words[4]),
          Integer.parseInt(words[5]),
          Long.parseLong(words[6]),
          Integer.parseInt(words[7]));
    }
  }

  private Result run(Jdk jdk, String... settings) throws Exception {
    AgentJvm jvm = jvm(jdk).classPath(Libraries.jna()).program(Remap.class, file);
    for (String setting : settings) {
      jvm.argument(setting);
    }
    return jvm.run().succeeded();
  }

  private static List<Call> calls(Result result) {
    List<Call> calls = result.stdout().lines().filter(line -> line.startsWith("call ")).map(Call::of).toList();
    assertThat(calls).hasSize(5);
    return calls;
  }

  @ParameterizedTest
  @Jdks
  @Tag("kernel")
  @Tag("way")
  void asOperationItNamesCallerAndCreator(Jdk jdk) throws Exception {
    Result result = run(jdk, "operations=" + Remap.class.getName() + "#remap");
    List<Received.Span> spans = collector.spans("Remap.remap");
    List<Call> calls = calls(result);
    assertThat(spans).hasSize(calls.size());
    for (Call call : calls) {
      Received.Span span = spanFrom(call, spans);
      assertThat(span.text("code.function.name")).isEqualTo(Remap.class.getName() + ".main");
      assertThat(span.text("code.stacktrace").lines().map(String::strip).toList())
          .element(0).asString().contains("Remap.remap(Remap.java:");
      assertThat(span.address()).as(call.name).isEqualTo(call.address);
      assertThat(span.calls()).as(call.name).hasSize(1);
      assertThat(span.calls().get(0).name()).isEqualTo("remap_file_pages");
      assertEvent(call, span.calls().get(0));
    }
    assertCreator(result, spanFrom(calls.get(0), spans));
  }

  @ParameterizedTest
  @Jdks
  @Tag("kernel")
  void outsideAnyOperationItIsASpanOfItsOwn(Jdk jdk) throws Exception {
    Result result = run(jdk);
    List<Received.Span> spans = collector.spans("remap_file_pages");
    List<Call> calls = calls(result);
    assertThat(spans).hasSize(calls.size());
    for (int i = 0; i < calls.size(); i++) {
      Call call = calls.get(i);
      Received.Span span = spans.get(i);
      assertThat(span.address()).as(call.name).isEqualTo(call.address);
      assertThat(span.number("mmap.length")).as(call.name).isEqualTo(call.size);
      assertThat(span.error()).as(call.name).isEqualTo(call.errno != 0);
      assertThat(span.text("error.type")).as(call.name).isEqualTo(call.errno == 0 ? null : "EINVAL");
      if (call.errno == 0) {
        assertThat(span.number("mmap.offset")).isEqualTo(call.pgoff * PAGE);
        assertThat(span.text("file.path")).isEqualTo(file.toString());
        assertCreator(result, span);
      }
    }
  }

  /** The one whose call site is the line of the call: the caller of the operation's method. */
  private static Received.Span spanFrom(Call call, List<Received.Span> spans) {
    List<Received.Span> from = spans.stream().filter(span -> span.number("code.line.number") == call.line).toList();
    assertThat(from).as("spans from line %d", call.line).hasSize(1);
    return from.get(0);
  }

  private static void assertEvent(Call call, Received.Event event) {
    assertThat(event.arguments())
        .as(call.name)
        .isEqualTo(
            "addr=0x%x, size=%d, prot=%s, pgoff=%d, flags=0",
            call.address, call.size, call.prot == 0 ? "PROT_NONE" : "PROT_READ", call.pgoff);
    assertThat(event.result()).as(call.name).isEqualTo(call.errno == 0 ? "0" : "EINVAL");
  }

  private static void assertCreator(Result result, Received.Span span) {
    String[] creator =
        result.stdout().lines().filter(line -> line.startsWith("creator ")).findFirst().orElseThrow().split(" ");
    assertThat(span.text("mmap.origin.function.name")).isEqualTo(creator[1]);
    assertThat(span.number("mmap.origin.line.number")).isEqualTo(Long.parseLong(creator[2]));
  }

  @ParameterizedTest
  @Jdks
  void ledgerAgreesWithTheKernel(Jdk jdk) throws Exception {
    Result result = run(jdk);
    List<String> maps = result.stdout().lines().filter(line -> line.startsWith("maps ")).toList();
    long bytes = 0;
    for (String line : maps) {
      String[] range = line.split(" ")[1].split("-");
      bytes += Long.parseUnsignedLong(range[1], 16) - Long.parseUnsignedLong(range[0], 16);
    }
    Map<String, String> data = Map.of("file.extension", "dat");
    assertThat(collector.sum("mmap.mapped.size", data)).isEqualTo(bytes);
    assertThat(collector.sum("mmap.mappings", data)).isEqualTo(maps.size());
  }
}
