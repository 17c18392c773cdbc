package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.kernel.wire.Wire;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;

/**
 * Library operations in progress that have made system calls already. What these did to the address space is known only
 * when the operation ends; a page fault after it must wait until then. Operations of the JDK need not be looked at: the
 * address of what they map is known to nobody before they end. Only for the agent's thread.
 */
final class UnsettledOperations {

  private final long slots;
  private final IntSupplier highest;
  private final Map<Integer, Long> since = new HashMap<>();
  private long lookedNanos = System.nanoTime();

  /**
   * @param slots address of the first slot, or 0 where there are none
   * @param highest how many slots have ever been taken
   */
  UnsettledOperations(long slots, IntSupplier highest) {
    this.slots = slots;
    this.highest = highest;
  }

  /** Before this moment, if not before {@code now}, all is known that operations did. */
  long settledUntil(long now) {
    if (slots == 0) {
      return now;
    }
    Set<Integer> found = new HashSet<>();
    for (int slot = 0; slot < highest.getAsInt(); slot++) {
      long at = slots + (long) slot * Wire.Slot.SIZE;
      long began = MmapscopeMemory.getLongOpaque(at + Wire.Slot.UNSETTLED);
      if (began != 0 && began != MmapscopeMemory.getLongOpaque(at + Wire.Slot.CALLS) + 1) {
        found.add(slot);
        // Not unsettled when last looked at: so its calls are younger.
        since.putIfAbsent(slot, lookedNanos);
      }
    }
    since.keySet().retainAll(found);
    lookedNanos = now;
    long settled = now;
    for (long each : since.values()) {
      settled = Math.min(settled, each);
    }
    return settled;
  }
}
