package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.model.HookCounts;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The kernel's counts, {@code struct mms_counts} a processor and hook, summed over processors. Safe for any thread. */
final class HookCounters {

  private final ByteBuffer rows;
  private final int processors;
  private List<HookCounts> last;

  HookCounters(ByteBuffer rows, int entries) {
    this.rows = rows;
    this.processors = entries / Wire.Hook.HOOKS;
  }

  synchronized List<HookCounts> read() {
    if (last != null) {
      return last;
    }
    List<HookCounts> counts = new ArrayList<>();
    List<String> events = HookCatalogue.events();
    for (int hook = 0; hook < events.size(); hook++) {
      counts.add(
          new HookCounts(
              events.get(hook),
              sum(hook, Wire.Counts.SEEN),
              sum(hook, Wire.Counts.JOINED),
              sum(hook, Wire.Counts.SENT),
              sum(hook, Wire.Counts.LOST)));
    }
    return counts;
  }

  /** Keeps what the counts are now: the pages go. */
  synchronized void freeze() {
    last = read();
  }

  private long sum(int hook, int field) {
    long sum = 0;
    for (int processor = 0; processor < processors; processor++) {
      sum += rows.getLong((processor * Wire.Hook.HOOKS + hook) * Wire.Counts.SIZE + field);
    }
    return sum;
  }
}
