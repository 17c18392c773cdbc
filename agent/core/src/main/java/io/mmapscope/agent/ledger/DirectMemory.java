package io.mmapscope.agent.ledger;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;

/**
 * The memory behind direct buffers and arenas, as far as it was allocated while the agent watched. What was given back is
 * remembered for a moment, because page faults are told of after it. Times are as {@link System#nanoTime} gives them. Of
 * an address that it does not know it may still be direct memory. For the agent's thread alone: not thread-safe.
 */
public final class DirectMemory {

  private static final int MOST_FREED = 256;

  /** Longer than a page fault is held back. */
  private static final long REMEMBERED_NANOS = 2_000_000_000L;

  /** {@code freedNanos} counts only for what was freed. */
  private record Block(long start, long end, long sinceNanos, long freedNanos) {
    boolean has(long address, long startNanos) {
      return address >= start && address < end && startNanos - sinceNanos > 0;
    }
  }

  private final TreeMap<Long, Block> live = new TreeMap<>();
  private final ArrayDeque<Block> freed = new ArrayDeque<>();
  private long refused;

  /** Memory was allocated. In the order in which that happened, as is {@link #freed}. */
  public void allocated(long address, long bytes, long nanos) {
    long end = address + bytes;
    Map.Entry<Long, Block> lower = live.lowerEntry(end);
    while (lower != null && lower.getValue().end > address) {
      live.remove(lower.getKey());
      lower = live.lowerEntry(end);
    }
    live.put(address, new Block(address, end, nanos, 0));
  }

  /** Memory was given back; what is not known of is none of ours. */
  public void freed(long address, long nanos) {
    Block block = live.remove(address);
    if (block == null) {
      return;
    }
    if (freed.size() == MOST_FREED) {
      freed.removeLast();
    }
    freed.addFirst(new Block(block.start, block.end, block.sinceNanos, nanos));
  }

  /**
   * Forgets what was given back long ago; and everything where some was not told of, because it may have been given back.
   *
   * @param total allocations and releases not told of so far
   * @return how many of them are new
   */
  public long forget(long nanos, long total) {
    long more = total - refused;
    refused = total;
    if (more != 0) {
      live.clear();
      freed.clear();
    }
    while (!freed.isEmpty() && nanos - freed.getLast().freedNanos > REMEMBERED_NANOS) {
      freed.removeLast();
    }
    return more;
  }

  /** Whether an address was that of direct memory all the time between two moments. */
  public boolean contains(long address, long startNanos, long endNanos) {
    Map.Entry<Long, Block> entry = live.floorEntry(address);
    if (entry != null && entry.getValue().has(address, startNanos)) {
      return true;
    }
    for (Block block : freed) {
      if (block.has(address, startNanos) && endNanos - block.freedNanos < 0) {
        return true;
      }
    }
    return false;
  }
}
