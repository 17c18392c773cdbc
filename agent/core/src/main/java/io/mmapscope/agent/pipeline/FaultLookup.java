package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.ledger.DirectMemory;
import io.mmapscope.agent.ledger.Ledger;
import io.mmapscope.agent.ledger.MappingFaults;
import io.mmapscope.agent.ledger.MemoryKinds;
import io.mmapscope.agent.model.FaultPlace;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Memory;
import io.mmapscope.agent.model.Owner;

/**
 * Finds what was at the address of a page fault while it went on, or says why that is not certain. What was found last
 * is kept for a part of the address space each, for as long as the ledger does not change: most faults come many to a
 * mapping, and then it takes some 10 ns and allocates nothing. Only for the agent's thread.
 */
final class FaultLookup {

  private static final int CACHE_BITS = 10;
  private static final int GRAIN_SHIFT = 16;

  private static final class Entry {
    long start;
    long end;
    long sinceNanos;
    Mapping mapping;
    MappingFaults faults;
    Memory memory;
    FaultPlace place;
    /** Of what is direct memory in it; null where none was touched yet. */
    FaultPlace direct;
  }

  private final Ledger ledger;
  private final Doubt doubt;
  private final MemoryKinds kinds;
  private final DirectMemory directMemory;
  private final FaultPlaces places = new FaultPlaces();
  private final Entry[] cache = new Entry[1 << CACHE_BITS];
  private final Entry uncached = new Entry();
  private long changes = -1;
  private Entry found;
  private boolean direct;
  private String obstacle;

  FaultLookup(Ledger ledger, Doubt doubt, MemoryKinds kinds, DirectMemory directMemory) {
    this.ledger = ledger;
    this.doubt = doubt;
    this.kinds = kinds;
    this.directMemory = directMemory;
  }

  /** To be called when the ledger may have changed, and before the first look-up. */
  void refresh() {
    if (ledger.changes() != changes) {
      changes = ledger.changes();
      java.util.Arrays.fill(cache, null);
    }
  }

  /**
   * Looks up a fault.
   *
   * @return false where what was there is not certain: see {@link #obstacle}
   */
  boolean find(long address, long startNanos, long endNanos) {
    if (doubt.at(endNanos)) {
      obstacle = "ledger_in_doubt";
      return false;
    }
    int at = (int) ((address >>> GRAIN_SHIFT) * 0x9e3779b97f4a7c15L >>> Long.SIZE - CACHE_BITS);
    Entry entry = cache[at];
    if (entry == null || address < entry.start || address >= entry.end || startNanos <= entry.sinceNanos) {
      entry = read(address, startNanos, endNanos, at);
    }
    if (entry == null) {
      obstacle = "fault_mapping_unknown";
      return false;
    }
    found = entry;
    direct = entry.memory == Memory.ANONYMOUS && directMemory.contains(address, startNanos, endNanos);
    return true;
  }

  private Entry read(long address, long startNanos, long endNanos, int at) {
    Ledger.Found now = ledger.throughout(address, startNanos, endNanos);
    if (now == null) {
      return null;
    }
    Entry entry = uncached;
    Memory memory = kinds.of(now.mapping(), address, false);
    if (now.latest() && memory != null) {
      entry = new Entry();
      cache[at] = entry;
    }
    entry.start = now.mapping().start();
    entry.end = now.mapping().end();
    entry.sinceNanos = now.sinceNanos();
    entry.mapping = now.mapping();
    entry.faults = now.faults();
    entry.memory = memory;
    entry.place = places.of(now.mapping(), now.mapping().creator().owner(), memory);
    entry.direct = null;
    return entry;
  }

  /** Why the last look-up found nothing: a reason of {@code mmapscope.unattributed}. */
  String obstacle() {
    return obstacle;
  }

  /** What the last look-up found. */
  Mapping mapping() {
    return found.mapping;
  }

  MappingFaults faults() {
    return found.faults;
  }

  /** What it is used for, or null where that is not certain. */
  Memory memory(int flags) {
    if (direct) {
      return Memory.DIRECT_BUFFER;
    }
    boolean stack = found.memory == Memory.ANONYMOUS && (flags & Wire.FaultFlag.STACK) != 0;
    return stack ? Memory.THREAD_STACK : found.memory;
  }

  FaultPlace place(int flags) {
    Memory memory = memory(flags);
    if ((flags & Wire.FaultFlag.AGENT) != 0) {
      return places.of(found.mapping, Owner.AGENT, memory);
    }
    if (direct) {
      return direct();
    }
    return memory == found.memory ? found.place : places.of(found.mapping, found.mapping.creator().owner(), memory);
  }

  /** The JVM maps it, but for the application, which asked for as much. */
  private FaultPlace direct() {
    if (found.direct == null) {
      found.direct = places.of(found.mapping, Owner.APPLICATION, Memory.DIRECT_BUFFER);
    }
    return found.direct;
  }
}
