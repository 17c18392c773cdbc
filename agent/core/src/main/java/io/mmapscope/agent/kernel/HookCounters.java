package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.model.HookCounts;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The kernel's counts, {@code struct mms_counts} a processor and hook, summed over processors. Safe for any thread. */
final class HookCounters {

  /** A program is between its two increments for some nanoseconds, or for as long as it is preempted there. */
  private static final int TRIES = 10_000;

  private static final int TRIES_AT_ONCE = 1_000;

  /** Calls after which something else may be mapped at an address. */
  private static final int[] CHANGE_MAPPINGS = {
    Wire.Hook.MMAP, Wire.Hook.MUNMAP, Wire.Hook.MREMAP, Wire.Hook.REMAP_FILE_PAGES
  };

  private final ByteBuffer rows;
  private final int processors;
  private List<HookCounts> last;
  private long lastLost;

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
      counts.add(sum(events.get(hook), hook));
    }
    return List.copyOf(counts);
  }

  /** Calls that changed the address space, or may have, and of which nothing more is known. Allocates nothing. */
  synchronized long lostCalls() {
    if (last != null) {
      return lastLost;
    }
    long lost = 0;
    for (int processor = 0; processor < processors; processor++) {
      for (int hook : CHANGE_MAPPINGS) {
        int at = (processor * Wire.Hook.HOOKS + hook) * Wire.Counts.SIZE;
        lost += rows.getLong(at + Wire.Counts.LOST) + rows.getLong(at + Wire.Counts.MISSED);
      }
    }
    return lost;
  }

  /** Keeps what the counts are now: the pages go. */
  synchronized void freeze() {
    lastLost = lostCalls();
    last = read();
  }

  private HookCounts sum(String event, int hook) {
    HookCounts sum = new HookCounts(event, 0, 0, 0, 0);
    for (int processor = 0; processor < processors; processor++) {
      HookCounts row = row(event, (processor * Wire.Hook.HOOKS + hook) * Wire.Counts.SIZE);
      sum =
          new HookCounts(
              event,
              sum.seen() + row.seen(),
              sum.joined() + row.joined(),
              sum.sent() + row.sent(),
              sum.lost() + row.lost());
    }
    return sum;
  }

  /** The row between two calls, when its sum is right; as it is where that does not come. */
  private HookCounts row(String event, int at) {
    HookCounts row;
    int tries = TRIES;
    do {
      if (tries < TRIES - TRIES_AT_ONCE) {
        Thread.yield();
      }
      VarHandle.acquireFence();
      long missed = rows.getLong(at + Wire.Counts.MISSED);
      row =
          new HookCounts(
              event,
              rows.getLong(at + Wire.Counts.SEEN) + missed,
              rows.getLong(at + Wire.Counts.JOINED),
              rows.getLong(at + Wire.Counts.SENT),
              rows.getLong(at + Wire.Counts.LOST) + missed);
    } while (row.seen() != row.joined() + row.sent() + row.lost() && --tries > 0);
    return row;
  }
}
