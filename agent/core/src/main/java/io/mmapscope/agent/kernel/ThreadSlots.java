package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.wire.Wire;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * Gives threads their slots ({@code struct mms_slot}) and enters them in the table by which the kernel finds them
 * ({@code enum mms_tids}). Works on any memory: where there is no kernel part, on ordinary direct buffers. Safe for any
 * thread.
 */
public final class ThreadSlots {

  private static final long GONE = (long) Wire.Tids.GONE << 32;

  private final ByteBuffer slots;
  private final ByteBuffer tids;
  private final BitSet taken = new BitSet(Wire.Limit.SLOTS);
  private int used;
  private boolean closed;

  /**
   * @param slots {@code Wire.Limit.SLOTS} slots, direct, in native byte order, all free
   * @param tids {@code Wire.Tids.SIZE} entries of 8 bytes, direct, in native byte order, all empty
   */
  public ThreadSlots(ByteBuffer slots, ByteBuffer tids) {
    this.slots = slots;
    this.tids = tids;
  }

  /** The slots' memory, in native byte order. */
  public ByteBuffer memory() {
    return slots;
  }

  /**
   * Gives a thread a slot with no operation in it. A thread that is there already gets its own again: it is another one
   * with the number of one that ended.
   *
   * @param tid the kernel's id of the thread in this PID namespace
   * @param agent whether the thread is one of the agent's own
   * @return the slot's number, or -1 where all are taken, or when closed
   */
  public synchronized int register(int tid, boolean agent) {
    if (closed) {
      return -1;
    }
    int entry = find(tid);
    if (entry >= 0) {
      int slot = (int) tids.getLong(entry) - 1;
      clear(slot, tid, agent);
      return slot;
    }
    int room = room(tid);
    int slot = taken.nextClearBit(0);
    if (room < 0 || slot >= Wire.Limit.SLOTS) {
      return -1;
    }
    taken.set(slot);
    used = Math.max(used, slot + 1);
    clear(slot, tid, agent);
    publish(room, (long) tid << 32 | slot + 1);
    return slot;
  }

  /** The number of the slot of a thread with this id, or -1. */
  public synchronized int slotOf(int tid) {
    int entry = find(tid);
    return entry < 0 ? -1 : (int) tids.getLong(entry) - 1;
  }

  /** Takes back the slot of a thread that has ended. */
  public synchronized void release(int slot) {
    if (closed || !taken.get(slot)) {
      return;
    }
    int at = slot * Wire.Slot.SIZE;
    int entry = find(slots.getInt(at + Wire.Slot.TID));
    if (entry >= 0) {
      remove(entry);
    }
    slots.putInt(at + Wire.Slot.TID, 0);
    slots.putLong(at + Wire.Slot.OPERATION, 0);
    taken.clear(slot);
  }

  /** One more than the highest number of a slot that was ever given. */
  public synchronized int used() {
    return used;
  }

  /** From here on neither memory is touched: a thread of the application that comes late gets no slot. */
  synchronized void close() {
    closed = true;
  }

  /** How many slots are taken. */
  public synchronized int size() {
    return taken.cardinality();
  }

  private void clear(int slot, int tid, boolean agent) {
    int at = slot * Wire.Slot.SIZE;
    slots.putLong(at + Wire.Slot.OPERATION, Wire.Operation.NONE);
    slots.putLong(at + Wire.Slot.TRACE_HIGH, 0);
    slots.putLong(at + Wire.Slot.TRACE_LOW, 0);
    slots.putLong(at + Wire.Slot.SPAN, 0);
    slots.putLong(at + Wire.Slot.UNSETTLED, 0);
    // The kernel's counters go on: only their differences are used.
    slots.putLong(at + Wire.Slot.CONSUMED, slots.getLong(at + Wire.Slot.CALLS));
    slots.putInt(at + Wire.Slot.FLAGS, agent ? Wire.SlotFlag.AGENT : 0);
    slots.putInt(at + Wire.Slot.TID, tid);
  }

  /** Whoever finds the entry finds what was written before it. A fence, because a VarHandle takes 15 ms to start. */
  private void publish(int at, long entry) {
    VarHandle.releaseFence();
    tids.putLong(at, entry);
  }

  private static int bucket(int tid) {
    return tid * Wire.Tids.HASH >>> Wire.Tids.SHIFT;
  }

  private static int offset(int index) {
    return (index & Wire.Tids.SIZE - 1) * Long.BYTES;
  }

  /** Offset of a thread's entry, or -1. */
  private int find(int tid) {
    for (int i = 0; i < Wire.Tids.PROBES; i++) {
      int at = offset(bucket(tid) + i);
      long entry = tids.getLong(at);
      if (entry == 0) {
        return -1;
      }
      if ((int) (entry >>> 32) == tid) {
        return at;
      }
    }
    return -1;
  }

  /** Offset of the first entry where a thread may be put, or -1 where all its places are taken. */
  private int room(int tid) {
    for (int i = 0; i < Wire.Tids.PROBES; i++) {
      int at = offset(bucket(tid) + i);
      long entry = tids.getLong(at);
      if (entry == 0 || entry == GONE) {
        return at;
      }
    }
    return -1;
  }

  /** An entry before an empty one ends no probe but its own, so it and those gone before it can be emptied. */
  private void remove(int at) {
    publish(at, GONE);
    if (tids.getLong(offset(at / Long.BYTES + 1)) != 0) {
      return;
    }
    for (int i = at; tids.getLong(i) == GONE; i = offset(i / Long.BYTES - 1)) {
      publish(i, 0);
    }
  }
}
