package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.Rearrange;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;

/** Whatever a program did to its mappings, the ledger says of each file what the kernel says. */
class LedgerIT extends E2e {

  private static final int THREADS = 8;
  private static final double IN_PROGRESS = 2;

  /** What is mapped of a file. */
  private record Mapped(long bytes, long pieces) {
    Mapped plus(Mapped other) {
      return new Mapped(bytes + other.bytes, pieces + other.pieces);
    }
  }

  private AgentJvm rearrange(Jdk jdk, Object... arguments) {
    return jvm(jdk)
        .setting("traces.exporter", "none")
        .classPath(Libraries.jna())
        .program(Rearrange.class, arguments);
  }

  /**
   * By the calls alone: the list is read at the start, and again only where calls leave something uncertain.
   * Not on emulated processors: the ring is not drained there as fast as it is filled, and losses are to be none here.
   */
  @ParameterizedTest
  @Jdks
  void byTheCalls(Jdk jdk) throws Exception {
    assertAgrees(rearrange(jdk, workspace.directory("data"), THREADS, 1500, 200, 1500, 0).run().succeeded());
    assertThat(lostCalls()).as("lost").isEmpty();
  }

  /**
   * What was in progress while its hook was attached has an end without a beginning, and counts as lost: page faults, and
   * a call or two of the JVM's.
   */
  private Map<String, Double> lostCalls() {
    Map<String, Double> lost = new TreeMap<>();
    collector
        .series("mmapscope.kernel.events")
        .forEach(
            (tags, count) -> {
              String hook = tags.get("hook").toString();
              boolean ofCalls = !hook.equals("page_fault") && !hook.equals("mmap_lock");
              if (ofCalls && "lost".equals(tags.get("fate")) && count > IN_PROGRESS) {
                lost.put(hook, count);
              }
            });
    return lost;
  }

  @ParameterizedTest
  @Jdks
  @Tag("kernel")
  void afterOperationsWereLost(Jdk jdk) throws Exception {
    assertAgrees(burst(jdk, "kernel=auto"));
  }

  @ParameterizedTest
  @Jdks
  void afterOperationsWereLostAndWithoutTheKernelPart(Jdk jdk) throws Exception {
    assertAgrees(burst(jdk, "kernel=off"));
  }

  private Result burst(Jdk jdk, String setting) throws Exception {
    Result result =
        rearrange(jdk, workspace.directory("data"), THREADS, 6000, 0, 0, 2500)
            .setting("queue.size", 16)
            .argument(setting)
            .run()
            .succeeded();
    assertThat(collector.sum("mmapscope.unattributed", Map.of("reason", "queue_full"))).as("refused").isPositive();
    return result;
  }

  private void assertAgrees(Result result) {
    Map<String, Mapped> kernel = byExtension(result.stdout().lines().filter(line -> line.startsWith("maps ")).toList());
    assertThat(kernel.keySet()).hasSize(2 * THREADS);
    Map<String, Long> ledgerBytes = new TreeMap<>();
    Map<String, Long> ledgerPieces = new TreeMap<>();
    Map<String, Long> kernelBytes = new TreeMap<>();
    Map<String, Long> kernelPieces = new TreeMap<>();
    kernel.forEach(
        (extension, mapped) -> {
          Map<String, String> file = Map.of("file.extension", extension);
          kernelBytes.put(extension, mapped.bytes);
          ledgerBytes.put(extension, (long) collector.sum("mmap.mapped.size", file));
          if (extension.startsWith("plain")) {
            kernelPieces.put(extension, mapped.pieces);
            ledgerPieces.put(extension, (long) collector.sum("mmap.mappings", file));
          }
        });
    assertThat(ledgerBytes).isEqualTo(kernelBytes);
    assertThat(ledgerPieces).isEqualTo(kernelPieces);
  }

  private static Map<String, Mapped> byExtension(List<String> maps) {
    Map<String, Mapped> mapped = new TreeMap<>();
    for (String line : maps) {
      String[] range = line.split(" ")[1].split("-");
      long bytes = Long.parseLong(range[1], 16) - Long.parseLong(range[0], 16);
      mapped.merge(line.substring(line.lastIndexOf('.') + 1), new Mapped(bytes, 1), Mapped::plus);
    }
    return mapped;
  }
}
