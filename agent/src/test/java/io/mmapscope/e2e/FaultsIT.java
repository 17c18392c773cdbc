package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.Populated;
import io.mmapscope.e2e.programs.Touches;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Each page fault is on the mapping that was touched. The judge is what the kernel counts for the thread. */
class FaultsIT extends FaultE2e {

  /** File systems whose pages cannot be evicted, so that no page fault on them waits for a disk: of the guests. */
  private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs", "rootfs");

  private static final int THREADS = 4;
  private static final int ROUNDS = AgentJvm.SLOWNESS > 1 ? 2 : 8;

  /** Rows of what happened within each span. */
  private List<String> whole;

  private List<Touch> run(Jdk jdk, String minDuration, String... under) throws Exception {
    Path truth = workspace.output().resolve("truth.csv");
    Result result =
        faultJvm(jdk, minDuration)
            .under(under)
            .program(Touches.class, workspace.directory("data"), truth, port, THREADS, ROUNDS)
            .run()
            .succeeded();
    assertTotals(result);
    List<String> rows = Files.readAllLines(truth);
    whole = rows.stream().filter(row -> row.startsWith("span,")).toList();
    List<Touch> touches = rows.stream().filter(row -> !row.startsWith("span,")).map(Touch::of).toList();
    Map<String, Long> kinds = count(touches, touch -> touch.mode() + (touch.major() > 0 ? " major" : " minor"));
    assertThat(kinds).containsKeys("user minor", "kernel minor");
    if (IN_MEMORY.contains(Files.getFileStore(truth).type())) {
      kinds.keySet().removeIf(kind -> kind.endsWith("major"));
    } else {
      assertThat(kinds).containsKeys("user major", "kernel major");
    }
    assertThat(kinds.values()).as("of %s", kinds).allSatisfy(each -> assertThat(each).isGreaterThan(100));
    assertThat(touches.stream().filter(touch -> touch.faults() > 1).count())
        .as("touches during which the JVM had page faults of its own")
        .isLessThanOrEqualTo(touches.size() / 1000);
    assertThat(touches.stream().filter(touch -> touch.resident() == (touch.major() > 0)).count())
        .as("touches whose kind of fault is not what mincore(2) said")
        .isLessThanOrEqualTo(touches.size() / 100);
    return touches.stream().map(Touch::withoutOthers).toList();
  }

  /** The kernel's own counters of the process, read before and after the agent's. */
  private static void assertTotals(Result result) {
    String[] total =
        result.stdout().lines().filter(line -> line.startsWith("total ")).findFirst().orElseThrow().split(" ");
    long seen = Long.parseLong(total[1]);
    assertThat(seen)
        .as("page faults seen")
        .isBetween((long) (Long.parseLong(total[2]) * 0.999), (long) (Long.parseLong(total[3]) * 1.001));
  }

  @ParameterizedTest
  @Jdks
  @Tag("kernel")
  @Tag("way")
  void countsOfEachFileAndItsCallSiteAreTheKernels(Jdk jdk) throws Exception {
    assertCounts(run(jdk, "10s"));
  }

  @Test
  void soTheyAreInAContainer() throws Exception {
    try (Container container = new Container(workspace)) {
      assertCounts(run(Jdk.current(), "10s", container.under()));
    }
  }

  private void assertCounts(List<Touch> touches) {
    Map<String, Integer> expected = new HashMap<>();
    for (Touch touch : touches) {
      expected.merge(key(touch, "minor"), touch.minor(), Integer::sum);
      expected.merge(key(touch, "major"), touch.major(), Integer::sum);
    }
    expected.values().removeIf(count -> count == 0);
    Map<String, Integer> told = new HashMap<>();
    collector
        .series("mmap.faults")
        .forEach(
            (tags, count) -> {
              if (Touches.FILES.contains(tags.get("file.extension"))) {
                told.merge(key(tags), count.intValue(), Integer::sum);
              }
            });
    assertSameButForTheUncertain(told, expected);
    assertThat(collector.spans("page_fault")).isEmpty();
    assertJvmStandsApart();
  }

  private static String key(Touch touch, String type) {
    return String.join(" ", touch.file(), creatorOf(touch), "application", "file", touch.mode(), type);
  }

  private static String key(Map<String, Object> tags) {
    return String.join(
        " ",
        tags.get("file.extension").toString(),
        tags.get("code.function.name").toString(),
        tags.get("mmap.owner").toString(),
        tags.get("mmap.memory").toString(),
        tags.get("mmap.fault.mode").toString(),
        tags.get("system.paging.fault.type").toString());
  }

  private void assertJvmStandsApart() {
    for (String memory : List.of("code_cache", "thread_stack", "anonymous")) {
      Map<String, String> tags = Map.of("mmap.memory", memory, "mmap.owner", "jvm", "code.function.name", "unknown");
      assertThat(collector.sum("mmap.faults", tags)).as(memory).isPositive();
    }
  }

  @ParameterizedTest
  @Jdks
  void eachFaultIsASpanThatNamesFileOffsetAndCallSite(Jdk jdk) throws Exception {
    List<Touch> touches = run(jdk, "0ms");
    List<Received.Span> spans = collector.spans("page_fault");
    Map<String, List<Received.Span>> byAddress = byThreadAndAddress(spans);
    int uncertain = 0;
    for (Touch touch : touches) {
      Received.Span span = takeFor(touch, byAddress);
      if (span == null || span.text("file.path") == null) {
        uncertain++;
        continue;
      }
      assertThat(span.text("file.path")).endsWith("/touches." + touch.file());
      assertThat(span.number("mmap.offset")).isEqualTo(touch.offset() & -Touches.PAGE);
      assertThat(span.text("mmap.origin.function.name")).isEqualTo(creatorOf(touch));
      assertThat(span.text("system.paging.fault.type")).isEqualTo(touch.major() > 0 ? "major" : "minor");
      assertThat(span.text("mmap.fault.mode")).isEqualTo(touch.mode());
      assertThat(span.text("mmap.memory")).isEqualTo("file");
      assertThat(span.text("thread.name")).isEqualTo(touch.thread());
      assertThat(span.parentSpanId()).as("parent of %s", touch).isEqualTo(touch.span());
      if (!touch.span().isEmpty()) {
        assertThat(span.traceId()).isEqualTo(touch.trace());
      }
    }
    assertThat(uncertain).as("without a span or a file, of %d", touches.size()).isLessThanOrEqualTo((int) unattributed());
    // Nothing is left over that names one of the files.
    Set<String> files = new HashSet<>();
    byAddress.values().forEach(rest -> rest.forEach(span -> files.add(String.valueOf(span.text("file.path")))));
    assertThat(files).noneMatch(path -> path.contains("/touches."));
    assertSums();
  }

  /** Those for a call that asked for pages, and those before the agent: all together are the kernel's. */
  @ParameterizedTest
  @Jdks
  @Tag("kernel")
  void whatNoCodeTouchedIsCountedApart(Jdk jdk) throws Exception {
    String[] counted = faultJvm(jdk, "10s").program(Populated.class).run().succeeded().stdout().strip().split(" ");
    long populated = Long.parseLong(counted[0]);
    long total = Long.parseLong(counted[1]);
    Map<String, String> unknown =
        Map.of(
            "mmap.fault.mode", "unknown",
            "mmap.memory", "unknown",
            "mmap.owner", "unknown",
            "code.function.name", "unknown",
            "file.extension", "unknown");
    assertThat(populated).isGreaterThan(4000);
    assertThat(collector.sum("mmap.faults", unknown)).isBetween((double) populated * 0.9, (double) total);
    // The JVM's way from there to its end has some more.
    assertThat(collector.sum("mmap.faults", Map.of())).isBetween((double) total, total * 1.05 + 3000);
  }

  /** Each span's sum is what the kernel counted for the thread while the span was current. */
  private void assertSums() {
    Map<String, Received.Span> sums = new HashMap<>();
    for (Received.Span sum : collector.spans("page_faults")) {
      assertThat(sums.put(sum.traceId() + ',' + sum.parentSpanId(), sum)).as("second of %s", sum).isNull();
    }
    Set<String> known = new HashSet<>();
    int different = 0;
    int many = 0;
    for (String row : whole) {
      String[] columns = row.split(",");
      String ids = columns[1] + ',' + columns[2];
      known.add(ids);
      Received.Span sum = sums.get(ids);
      long minor = sum == null ? 0 : sum.number("mmap.faults.minor");
      long major = sum == null ? 0 : sum.number("mmap.faults.major");
      assertThat(major).as("major faults of %s, left out %s", row, leftOut()).isEqualTo(Long.parseLong(columns[4]));
      // Making it current and ending it, outside what the program counted, may take pages of the JVM's: many the first
      // time, when the code for it is linked.
      long more = minor - Long.parseLong(columns[3]);
      assertThat(more).as("minor faults of %s", row).isBetween(0L, 256L);
      different += more == 0 ? 0 : 1;
      many += more > 8 ? 1 : 0;
    }
    assertThat(different).as("of %d sums", whole.size()).isLessThanOrEqualTo(whole.size() / 4);
    assertThat(many).as("of %d sums with more than a few others", whole.size()).isLessThanOrEqualTo(whole.size() / 20 + 1);
    assertThat(known).containsAll(sums.keySet());
  }
}
