package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.SlowPage;
import io.mmapscope.e2e.programs.Truncated;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;

/** A request that waits for one page, and one whose page is gone: told within its trace, with file and offset. */
class SlowFaultIT extends FaultE2e {

  private static final Duration DELAY = Duration.ofMillis(50);
  private static final int PAGE = 4096;
  private static final int SLOW_PAGE = 37;

  @ParameterizedTest
  @Jdks
  void aRequestBlockedOnOnePageShowsIt(Jdk jdk) throws Exception {
    try (SlowDisk disk = new SlowDisk(workspace.directory("slow"), SLOW_PAGE, DELAY)) {
      Result result =
          faultJvm(jdk, "10ms")
              .program(SlowPage.class, workspace.directory("data"), port, disk.file(), SLOW_PAGE)
              .run()
              .succeeded();
      String[] request = line(result, "request ");
      List<Received.Span> spans =
          collector.spans().stream().filter(span -> span.traceId().equals(request[1])).toList();
      assertThat(spans).extracting(Received.Span::name).containsExactlyInAnyOrder("page_fault", "page_faults");
      assertThat(spans).allSatisfy(span -> assertThat(span.parentSpanId()).isEqualTo(request[2]));
      Received.Span fault = named(spans, "page_fault");
      assertThat(Duration.ofNanos(fault.endNanos() - fault.startNanos())).isGreaterThanOrEqualTo(DELAY);
      assertThat(fault.text("file.path")).isEqualTo(disk.file().toString());
      assertThat(fault.number("mmap.offset")).isEqualTo(SLOW_PAGE * PAGE);
      assertThat(fault.text("system.paging.fault.type")).isEqualTo("major");
      assertThat(fault.text("mmap.fault.mode")).isEqualTo("user");
      assertThat(fault.text("mmap.origin.function.name")).isEqualTo(SlowPage.class.getName() + ".main");
      assertThat(fault.number("mmap.origin.line.number")).isEqualTo(Long.parseLong(request[3]));
      assertThat(fault.text("thread.name")).isEqualTo("main");
      assertThat(fault.text("code.function.name"))
          .isIn(null, SlowPage.class.getName() + ".read", SlowPage.class.getName() + ".main");
      assertThat(named(spans, "page_faults").attributes().get("mmap.faults.files").toString())
          .contains(SlowDisk.FILE + " 1 fault ");
    }
  }

  @ParameterizedTest
  @Jdks
  void aTruncatedFileIsNamed(Jdk jdk) throws Exception {
    Path file = workspace.output().resolve("truncated.dat");
    Result result =
        faultJvm(jdk, "10ms").program(Truncated.class, workspace.directory("data"), port, file).run().succeeded();
    assertThat(line(result, "caught ")[1]).isEqualTo("java.lang.InternalError");
    String[] request = line(result, "request ");
    String mapped = Truncated.class.getName() + ".main:" + request[3];
    assertThat(result.agentLines()).hasSize(2);
    assertThat(result.agentLines().get(1))
        .matches(
            "mmapscope: SIGBUS at 0x[0-9a-f]+ in thread main: \\Q" + file + "\\E has no page at offset 20480, it was 32768"
                + " bytes when mapped and is 4096 bytes now; mapped by \\Q" + mapped + "\\E");
    List<Received.Span> faults =
        collector.spans("page_fault").stream().filter(span -> !span.events().isEmpty()).toList();
    assertThat(faults).hasSize(1);
    Received.Span fault = faults.get(0);
    assertThat(fault.error()).isTrue();
    assertThat(fault.text("error.type")).isEqualTo("SIGBUS");
    assertThat(fault.traceId()).isEqualTo(request[1]);
    assertThat(fault.parentSpanId()).isEqualTo(request[2]);
    Received.Event event = fault.events().get(0);
    assertThat(event.name()).isEqualTo("mmap.sigbus");
    assertThat(event.attributes())
        .containsEntry("file.path", file.toString())
        .containsEntry("mmap.offset", 20480L)
        .containsEntry("mmap.file.size.mapped", 32768L)
        .containsEntry("file.size", 4096L)
        .containsEntry("mmap.origin.function.name", Truncated.class.getName() + ".main");
  }

  private static Received.Span named(List<Received.Span> spans, String name) {
    return spans.stream().filter(span -> span.name().equals(name)).findFirst().orElseThrow();
  }

  private static String[] line(Result result, String start) {
    return result.stdout().lines().filter(line -> line.startsWith(start)).findFirst().orElseThrow().split(" ");
  }
}
