package io.mmapscope.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.model.TraceContext;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MappingListTest {

  private static final long NOW = 200_000_000_000L;
  private static final CallSite SITE = new CallSite(1, "com.acme.Db", "open", "Db.java", 12);
  private static final FileIdentity FILE = new FileIdentity(8, 1, 77);

  private static final Mapping MADE =
      new Mapping(
          0x7000_0000L,
          0x7001_0000L,
          4096,
          FILE,
          "/data/a\nb.idx",
          new Mapping.Creator(
              Owner.APPLICATION, SITE, 21, "worker-1", new TraceContext(1, 2, 3, true), NOW - 75_000_000_000L),
          9000);

  private static final Mapping OLD =
      new Mapping(
          0x1000, 0x3000, 0, FILE, null, new Mapping.Creator(Owner.NATIVE, CallSite.UNKNOWN, -1, null, null, 0));

  private static final Mapping HEAP =
      new Mapping(
          0x8000_0000L, 0xc000_0000L, 0, null, null,
          new Mapping.Creator(Owner.JVM, CallSite.UNKNOWN, -1, "java", null, NOW - 1_500_000_000L));

  private static MappingList list(Mapping... mappings) {
    return new MappingList(4711, "0.1.0", true, List.of(mappings), NOW, 400, 65530);
  }

  private static List<String> table(MappingList list) throws IOException {
    StringBuilder out = new StringBuilder();
    list.writeTable(out);
    return out.toString().lines().toList();
  }

  @Test
  void tableHasTheApplicationsFirstAndTotals() throws IOException {
    List<String> lines = table(list(OLD, MADE, HEAP));
    assertThat(lines.get(0)).matches("ADDRESS +SIZE +OWNER +AGE +FILE +CALL SITE +THREAD +TRACE");
    assertThat(lines.get(1))
        .matches(
            "70000000-70010000 +64.0 KiB +application +1 m 15 s +/data/a\\?b.idx \\+4.0 KiB +com.acme.Db.open:12"
                + " +worker-1 +00000000000000010000000000000002");
    assertThat(lines.get(2)).matches("1000-3000 +8.0 KiB +native +- +device 8:1 inode 77 +before the agent +- +-");
    assertThat(lines.get(3)).matches("80000000-c0000000 +1.0 GiB +jvm +1.5 s +anonymous +- +java +-");
    assertThat(lines.get(4)).isEmpty();
    assertThat(lines.get(5)).matches("application +1 mappings +64.0 KiB");
    assertThat(lines.get(8)).matches("kernel +400 mappings  0.61 % of the 65,530 that vm.max_map_count allows");
    assertThat(lines).hasSize(9);
  }

  @Test
  void tableOfNothingSaysSo() throws IOException {
    MappingList empty = new MappingList(1, "0.1.0", false, List.of(), NOW, -1, -1);
    assertThat(table(empty)).hasSize(3).last().asString().startsWith("no kernel events");
  }

  @Test
  void jsonHasAllThereIs() throws IOException {
    StringBuilder out = new StringBuilder();
    list(OLD, MADE).writeJson(out);
    assertThat(out.toString())
        .startsWith("{\n  \"pid\": 4711,\n  \"agent_version\": \"0.1.0\",\n  \"kernel_events\": true,")
        .endsWith("\n  ]\n}\n")
        .contains("\"kernel_mappings\": 400", "\"limit\": 65530")
        .contains("\"start\": \"0x70000000\"", "\"end\": \"0x70010000\"", "\"length\": 65536")
        .contains("\"path\": \"/data/a\\nb.idx\"", "\"offset\": 4096", "\"size\": 9000", "\"device\": \"8:1\"")
        .contains("\"function\": \"com.acme.Db.open\"", "\"file\": \"Db.java\"", "\"line\": 12")
        .contains("\"id\": 21", "\"name\": \"worker-1\"", "\"age_seconds\": 75.0")
        .contains("\"trace_id\": \"00000000000000010000000000000002\"", "\"span_id\": \"0000000000000003\"")
        .contains("\"before_agent\": true,\n      \"call_site\": null,\n      \"thread\": null,\n      \"age_seconds\": null");
  }

  @Test
  void agesAndSizesReadWell() {
    assertThat(Units.bytes(0)).isEqualTo("0 B");
    assertThat(Units.bytes(1023)).isEqualTo("1023 B");
    assertThat(Units.bytes(1 << 20)).isEqualTo("1.0 MiB");
    assertThat(Units.bytes(Long.MAX_VALUE)).isEqualTo("8.0 EiB");
    assertThat(Units.age(-5)).isEqualTo("0.0 s");
    assertThat(Units.age(59_000_000_000L)).isEqualTo("59 s");
    assertThat(Units.age(3_660_000_000_000L)).isEqualTo("1 h 1 m");
    assertThat(Units.age(90_000_000_000_000L)).isEqualTo("1 d 1 h");
  }
}
