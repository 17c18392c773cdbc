package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.programs.Replacements;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;

/** Page faults at addresses whose mapping is replaced again and again: on the right one, or on none. */
class ReplacedFaultsIT extends FaultE2e {

  private static final int THREADS = 4;
  private static final int TOUCHES = 20_000;

  /** A row of the program. */
  private record Row(long address, String file, long offset, int faults, String thread) {
    static Row of(String line) {
      String[] columns = line.split(",");
      return new Row(
          Long.parseLong(columns[0]), columns[1], Long.parseLong(columns[2]), Integer.parseInt(columns[3]), columns[4]);
    }

    String creator() {
      return creatorOf(file);
    }
  }

  private static String creatorOf(String file) {
    return Replacements.class.getName() + ".by" + file.substring(0, 1).toUpperCase(Locale.ROOT) + file.substring(1);
  }

  private List<Row> run(Jdk jdk, String minDuration, String operations) throws Exception {
    Path truth = workspace.output().resolve("truth.csv");
    faultJvm(jdk, minDuration)
        .argument(operations)
        // Tens of thousands of spans, which a busy machine may not send in the time that an exit waits for.
        .jvmOptions("-Dio.mmapscope.flush.millis=" + 30_000 * AgentJvm.SLOWNESS)
        .program(Replacements.class, workspace.directory("data"), truth, port, THREADS, TOUCHES)
        .run()
        .succeeded();
    List<Row> rows = Files.readAllLines(truth).stream().map(Row::of).toList();
    assertThat(rows).hasSizeGreaterThan(5000);
    return rows;
  }

  /** Of each file as many as there were, but for those of which one cannot know. */
  @ParameterizedTest
  @Jdks
  void noneIsCountedForAnotherFile(Jdk jdk) throws Exception {
    List<Row> rows = run(jdk, "10s", "operations=" + Replacements.class.getName() + "#replace");
    Map<String, Integer> expected = new HashMap<>();
    int unsure = 0;
    for (Row row : rows) {
      expected.merge(row.file, 1, Integer::sum);
      unsure += row.faults - 1; // on what was there before, or the JVM's own
    }
    int missing = 0;
    for (String file : Replacements.FILES) {
      int told = (int) collector.sum("mmap.faults", Map.of("file.extension", file));
      assertThat(told).as("page faults on %s", file).isLessThanOrEqualTo(expected.get(file) + unsure);
      missing += Math.max(0, expected.get(file) - told);
    }
    assertThat(missing).as("missing of %d", rows.size()).isLessThanOrEqualTo((int) unattributed());
    assertThat(missing).as("missing of %d", rows.size()).isLessThan(rows.size());
    for (Map<String, Object> tags : collector.series("mmap.faults").keySet()) {
      String file = tags.get("file.extension").toString();
      if (Replacements.FILES.contains(file)) {
        assertThat(tags.get("code.function.name")).isIn("unknown", creatorOf(file));
      }
    }
  }

  @ParameterizedTest
  @Jdks
  void eachSpanNamesWhatWasThereOrNothing(Jdk jdk) throws Exception {
    assertNoneWrong(run(jdk, "0ms", "operations=" + Replacements.class.getName() + "#replace"), true);
  }

  @ParameterizedTest
  @Jdks
  void theSameWhereNativeCodeReplaces(Jdk jdk) throws Exception {
    assertNoneWrong(run(jdk, "0ms", "stack.depth=16"), false);
  }

  private void assertNoneWrong(List<Row> rows, boolean creatorKnown) {
    Map<String, List<Received.Span>> spans = byThreadAndAddress(collector.spans("page_fault"));
    List<String> wrong = new ArrayList<>();
    int certain = 0;
    int absent = 0;
    for (Row row : rows) {
      List<Received.Span> all = spans.getOrDefault(row.thread + ' ' + row.address, List.of());
      if (all.size() < row.faults || all.get(all.size() - 1).text("file.path") == null) {
        absent++;
        continue;
      }
      // Of two the first may have found what was there before.
      Received.Span last = all.get(all.size() - 1);
      certain++;
      boolean right =
          last.text("file.path").endsWith("/replacements." + row.file)
              && last.number("mmap.offset") == row.offset
              && (last.text("mmap.origin.function.name") == null
                  || creatorKnown && row.creator().equals(last.text("mmap.origin.function.name")));
      if (!right) {
        wrong.add(row + " is told as " + last.text("file.path") + " at " + last.number("mmap.offset"));
      }
    }
    assertThat(wrong.stream().limit(5).toList()).as("%d wrong", wrong.size()).isEmpty();
    assertThat(certain).as("certain of %d", rows.size()).isGreaterThan(rows.size() / 20);
    assertThat(absent).as("without a span or a file, left out: %s", leftOut()).isLessThanOrEqualTo((int) unattributed());
  }
}
