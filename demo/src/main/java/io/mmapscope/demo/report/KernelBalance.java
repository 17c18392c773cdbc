package io.mmapscope.demo.report;

import io.mmapscope.demo.report.PrometheusText.Sample;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether each call that the kernel saw is accounted for: {@code seen}, which is counted by itself, against what became
 * of the calls. Of one scrape; immutable.
 */
final class KernelBalance {

  private record Hook(long seen, long joined, long sent, long lost) {

    private boolean balanced() {
      return seen == joined + sent + lost;
    }
  }

  private final Map<String, Hook> hooks = new TreeMap<>();

  KernelBalance(PrometheusText scrape) {
    Map<String, Map<String, Long>> fates = new HashMap<>();
    for (Sample s : scrape.of("mmapscope.kernel.events", "_total")) {
      fates.computeIfAbsent(s.label("hook"), k -> new HashMap<>()).put(s.label("fate"), Math.round(s.value()));
    }
    for (Sample s : scrape.of("mmapscope.kernel.seen", "_total")) {
      Map<String, Long> of = fates.getOrDefault(s.label("hook"), Map.of());
      hooks.put(
          s.label("hook"),
          new Hook(
              Math.round(s.value()),
              of.getOrDefault("joined", 0L),
              of.getOrDefault("sent", 0L),
              of.getOrDefault("lost", 0L)));
    }
  }

  Table table() {
    Table table =
        new Table(
            "Kernel events: what the kernel saw, and what became of it",
            "hook", ">seen", ">joined to an operation", ">sent by themselves", ">lost", "seen = joined + sent + lost");
    hooks.forEach(
        (name, hook) ->
            table.row(name, hook.seen, hook.joined, hook.sent, hook.lost, hook.balanced() ? "yes" : "NO"));
    return table;
  }

  /** Returns true where no call is unaccounted for. */
  boolean balanced() {
    return hooks.values().stream().allMatch(Hook::balanced);
  }

  /**
   * What is wrong for certain: a call in flight while the metrics were read makes a difference too, but not the same
   * hook's at two scrapes.
   *
   * @param earlier of a scrape before this one
   */
  List<String> wrongTwice(KernelBalance earlier) {
    List<String> wrong = new ArrayList<>();
    hooks.forEach(
        (name, hook) -> {
          Hook before = earlier.hooks.get(name);
          if (!hook.balanced() && before != null && !before.balanced()) {
            wrong.add(
                "THE KERNEL EVENTS DO NOT ADD UP: hook " + name + " saw " + Table.count(hook.seen)
                    + " calls, but joined + sent + lost is " + Table.count(hook.joined + hook.sent + hook.lost)
                    + ", at two scrapes");
          }
        });
    return wrong;
  }
}
