package java.lang;

import io.mmapscope.agent.kernel.wire.Wire;

/**
 * Joins an operation's cell and a thread's slot: from {@link #attach} to {@link #detach} the kernel writes the thread's
 * system calls into the slot under the operation's number. Only for the slot's own thread; a slot of 0 is none.
 */
final class MmapscopeSlot {

  private MmapscopeSlot() {}

  /** Makes the operation the one that the kernel sees on this thread. An outer operation waits until it ends. */
  static void attach(MmapscopeCells cells, long slot, int cell) {
    if (slot == 0) {
      return;
    }
    long address = cells.address(cell);
    long outer = MmapscopeMemory.getLong(slot + Wire.Slot.OPERATION);
    if (outer > Wire.Operation.DROPPED) {
      collect(cells, slot, MmapscopeCells.cellOf(outer));
    } else {
      // Whatever is there belongs to nobody; this should be nothing.
      MmapscopeMemory.putLong(slot + Wire.Slot.CONSUMED, MmapscopeMemory.getLongOpaque(slot + Wire.Slot.CALLS));
    }
    MmapscopeMemory.putLong(address + MmapscopeCells.OUTER, outer);
    measure(slot, address, -1);
    int flags = MmapscopeMemory.getInt(address + MmapscopeCells.FLAGS);
    MmapscopeMemory.putInt(address + MmapscopeCells.FLAGS, flags | MmapscopeCells.KERNEL);
    MmapscopeMemory.putLongOpaque(
        slot + Wire.Slot.OPERATION, MmapscopeMemory.getLong(address + MmapscopeCells.OPERATION));
  }

  /** Ends that, and takes what the kernel wrote. False where another operation is the slot's: nothing is done then. */
  static boolean detach(MmapscopeCells cells, long slot, int cell) {
    if (slot == 0) {
      return true;
    }
    long address = cells.address(cell);
    long operation = MmapscopeMemory.getLong(address + MmapscopeCells.OPERATION);
    if (MmapscopeMemory.getLong(slot + Wire.Slot.OPERATION) != operation) {
      return false;
    }
    MmapscopeMemory.putLongOpaque(
        slot + Wire.Slot.OPERATION, MmapscopeMemory.getLong(address + MmapscopeCells.OUTER));
    collect(cells, slot, cell);
    measure(slot, address, 1);
    return true;
  }

  /** Says that what calls from now on do is known only when the outermost operation in progress is handed over. */
  static void unsettle(long slot) {
    if (slot != 0 && MmapscopeMemory.getLong(slot + Wire.Slot.UNSETTLED) == 0) {
      long calls = MmapscopeMemory.getLongOpaque(slot + Wire.Slot.CALLS);
      MmapscopeMemory.putLongOpaque(slot + Wire.Slot.UNSETTLED, calls + 1);
    }
  }

  /** Ends that where no operation is in progress any more. After an operation was handed over. */
  static void settle(long slot) {
    if (slot != 0
        && MmapscopeMemory.getLong(slot + Wire.Slot.UNSETTLED) != 0
        && MmapscopeMemory.getLong(slot + Wire.Slot.OPERATION) == Wire.Operation.NONE) {
      MmapscopeMemory.putLongOpaque(slot + Wire.Slot.UNSETTLED, 0);
    }
  }

  /** An inner operation did not end (a stack overflow within advice): what the kernel saw is nobody's for certain. */
  static void abandon(MmapscopeCells cells, long slot, int cell) {
    long address = cells.address(cell);
    int flags = MmapscopeMemory.getInt(address + MmapscopeCells.FLAGS);
    if ((flags & MmapscopeCells.KERNEL) != 0) {
      MmapscopeMemory.putInt(address + MmapscopeCells.FLAGS, flags & ~MmapscopeCells.KERNEL);
      MmapscopeMemory.putLongOpaque(
          slot + Wire.Slot.OPERATION, MmapscopeMemory.getLong(address + MmapscopeCells.OUTER));
    }
  }

  /** Moves the calls that the kernel wrote into the slot to the operation's cell. */
  private static void collect(MmapscopeCells cells, long slot, int cell) {
    long made = MmapscopeMemory.getLongOpaque(slot + Wire.Slot.CALLS);
    long consumed = MmapscopeMemory.getLong(slot + Wire.Slot.CONSUMED);
    for (; consumed < made; consumed++) {
      cells.append(cell, slot + Wire.Slot.CALL + consumed % Wire.Slot.CALL_COUNT * Wire.Call.SIZE);
    }
    MmapscopeMemory.putLong(slot + Wire.Slot.CONSUMED, made);
  }

  /** Adds the slot's growing counters to the cell, negative at the start and positive at the end: the difference. */
  private static void measure(long slot, long address, int sign) {
    add(address + MmapscopeCells.COUNT, slot + Wire.Slot.CALLS, sign);
    add(address + MmapscopeCells.OVERFLOWED, slot + Wire.Slot.OVERFLOWED, sign);
    add(address + MmapscopeCells.CALL_NANOS, slot + Wire.Slot.CALL_NS, sign);
    add(address + MmapscopeCells.FAULTS_MINOR, slot + Wire.Slot.FAULTS_MINOR, sign);
    add(address + MmapscopeCells.FAULTS_MAJOR, slot + Wire.Slot.FAULTS_MAJOR, sign);
    add(address + MmapscopeCells.FAULTS_NANOS, slot + Wire.Slot.FAULTS_NS, sign);
  }

  private static void add(long total, long counter, int sign) {
    long value = MmapscopeMemory.getLongOpaque(counter);
    MmapscopeMemory.putLong(total, MmapscopeMemory.getLong(total) + (sign < 0 ? -value : value));
  }
}
