package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.jr.ob.JSON;
import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.Busy;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;

/** The agent comes to a JVM that runs and maps, and leaves it, and comes again. */
class AttachIT extends AttachE2e {

  private static final int MILLIS_TO_REPLACE_ALL = 1500;

  /** A range with the file's place that is mapped there. */
  private record Piece(long end, long offset, long inode) {}

  private List<Map<String, Object>> mappings(LiveJvm jvm) throws Exception {
    Map<String, Object> all = JSON.std.mapFrom(command("mappings", jvm, "--json").succeeded().stdout());
    assertThat(all).containsEntry("kernel_events", true).containsKeys("pid", "agent_version", "limit");
    List<Map<String, Object>> mappings = new ArrayList<>();
    ((List<?>) all.get("mappings")).forEach(mapping -> mappings.add(object(mapping)));
    return mappings;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> object(Object value) {
    return (Map<String, Object>) value;
  }

  private static long number(Object value) {
    return ((Number) value).longValue();
  }

  @ParameterizedTest
  @Jdks
  void comesAndLeavesAndComesAgain(Jdk jdk) throws Exception {
    try (LiveJvm jvm = busy(jdk)) {
      Thread.sleep(300);
      Result none = command("mappings", jvm);
      assertThat(none.exitCode()).isEqualTo(1);
      assertThat(none.stderr()).contains("no agent runs in this JVM").contains("attach " + jvm.pid());

      Result attached = command("attach", jvm, "span.min-duration=0ms", "kernal=off").succeeded();
      assertThat(attached.stdout().lines().toList().get(0)).contains("kernal").contains("kernel");
      assertThat(attached.stdout().lines().toList().get(1)).matches(START_LINE);
      assertThat(agentLines(jvm)).isEqualTo(attached.stdout().lines().toList());
      checkLedger(jvm, false);
      assertThat(command("attach", jvm).stderr()).contains("runs in this JVM already");

      Thread.sleep(MILLIS_TO_REPLACE_ALL);
      checkLedger(jvm, true);
      jvm.ask("pause");
      assertThat(command("mappings", jvm).succeeded().stdout())
          .contains("ADDRESS")
          .containsPattern("(?m)^application +" + THREADS * MAPPINGS + " mappings ")
          .contains("before the agent");
      jvm.ask("go");

      Set<String> objects = KernelObjects.of(jvm);
      assertThat(objects).isNotEmpty();
      assertThat(command("detach", jvm).succeeded().stdout()).matches("mmapscope \\S+ has left\n");
      KernelObjects.assertGone(objects);
      assertThat(KernelObjects.of(jvm)).isEmpty();
      assertThat(command("detach", jvm).exitCode()).isEqualTo(1);
      assertThat(collector.spans("FileChannel.map"))
          .hasSizeGreaterThan(100)
          .allSatisfy(span -> assertThat(span.text("code.function.name")).isEqualTo(Busy.class.getName() + ".step"))
          .allSatisfy(span -> assertThat(span.number("mmap.kernel.calls")).isPositive());
      assertThat(collector.series("mmap.mappings")).isNotEmpty();

      command("attach", jvm, "traces.exporter=none").succeeded();
      Thread.sleep(MILLIS_TO_REPLACE_ALL);
      checkLedger(jvm, true);
      command("detach", jvm).succeeded();
      assertThat(jvm.ask("pause")).noneMatch(line -> line.startsWith("failure"));
      assertThat(agentLines(jvm)).hasSize(3);
    }
  }

  private static List<String> agentLines(LiveJvm jvm) throws IOException {
    return jvm.stderr().lines().filter(line -> line.startsWith("mmapscope")).toList();
  }

  /** The program's rows are the truth about the call sites, the kernel's list about what is mapped. */
  private void checkLedger(LiveJvm jvm, boolean allSinceAttach) throws Exception {
    List<String> rows = jvm.ask("pause");
    Map<Long, Piece> kernel = kernelList(jvm);
    List<Map<String, Object>> shown = mappings(jvm);
    jvm.ask("go");
    TreeMap<Long, Map<String, Object>> ledger = new TreeMap<>();
    Map<Long, Piece> pieces = new TreeMap<>();
    for (Map<String, Object> mapping : shown) {
      if (path(mapping).contains("/busy")) {
        long start = address(mapping, "start");
        Map<String, Object> file = object(mapping.get("file"));
        ledger.put(start, mapping);
        pieces.put(start, new Piece(address(mapping, "end"), number(file.get("offset")), number(file.get("inode"))));
      }
    }
    assertThat(joined(pieces)).isEqualTo(joined(kernel));
    assertThat(rows).hasSize(THREADS * MAPPINGS);
    int known = 0;
    for (String row : rows) {
      String[] fields = row.split(",");
      Map<String, Object> mapping = ledger.floorEntry(Long.parseLong(fields[0])).getValue();
      assertThat(path(mapping)).isEqualTo(fields[4]);
      Map<String, Object> site = object(mapping.get("call_site"));
      if (site != null) {
        known++;
        assertThat(address(mapping, "start")).isEqualTo(Long.parseLong(fields[0]));
        assertThat(number(mapping.get("length"))).isEqualTo(Long.parseLong(fields[1]));
        assertThat(site.get("function") + ":" + site.get("line")).isEqualTo(fields[3]);
        assertThat((String) object(mapping.get("thread")).get("name")).startsWith("busy-");
        assertThat((double) mapping.get("age_seconds")).isPositive();
        assertThat(mapping).containsEntry("owner", "application").containsEntry("before_agent", false);
      } else {
        // From before, or made while the agent was coming, when nobody could say by whom.
        assertThat(mapping.get("owner")).as("owner without call site: %s", row).isNotEqualTo("application");
      }
    }
    if (allSinceAttach) {
      assertThat(known).isEqualTo(rows.size());
    }
  }

  /** The kernel makes one of neighbours that are alike, the ledger keeps apart what was made apart. */
  private static Map<Long, Piece> joined(Map<Long, Piece> pieces) {
    Map<Long, Piece> joined = new TreeMap<>();
    long start = 0;
    Piece last = null;
    for (Map.Entry<Long, Piece> next : pieces.entrySet()) {
      Piece piece = next.getValue();
      boolean continues =
          last != null
              && last.end == next.getKey()
              && last.inode == piece.inode
              && last.offset + last.end - start == piece.offset;
      if (!continues) {
        start = next.getKey();
      }
      last = new Piece(piece.end, continues ? last.offset : piece.offset, piece.inode);
      joined.put(start, last);
    }
    return joined;
  }

  private static String path(Map<String, Object> mapping) {
    Map<String, Object> file = object(mapping.get("file"));
    return file == null || file.get("path") == null ? "" : (String) file.get("path");
  }

  private static long address(Map<String, Object> mapping, String end) {
    return Long.parseUnsignedLong(((String) mapping.get(end)).substring(2), 16);
  }

  private static Map<Long, Piece> kernelList(LiveJvm jvm) throws IOException {
    Map<Long, Piece> pieces = new TreeMap<>();
    for (String line : Files.readAllLines(jvm.proc("maps"))) {
      if (line.contains("/busy")) {
        String[] words = line.split("\\s+");
        String[] range = words[0].split("-");
        pieces.put(
            Long.parseUnsignedLong(range[0], 16),
            new Piece(
                Long.parseUnsignedLong(range[1], 16), Long.parseLong(words[2], 16), Long.parseLong(words[4])));
      }
    }
    return pieces;
  }
}
