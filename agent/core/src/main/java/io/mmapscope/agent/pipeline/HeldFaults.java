package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.kernel.FaultRows;
import io.mmapscope.agent.kernel.wire.Wire;

/**
 * Page faults that wait until the ledger knows of all calls that ended before them. Copies of the kernel's rows, so that
 * the kernel has its room back. Allocates only to grow. Only for the agent's thread.
 */
final class HeldFaults {

  private static final int MOST = 65_536;

  /** One of them; its fields are overwritten by the next. */
  static final class Fault {
    long address;
    long endNanos;
    long durationNanos;
    long traceHigh;
    long traceLow;
    long span;
    int tid;
    int flags;
    int kind;
    int what;

    long startNanos() {
      return endNanos - durationNanos;
    }

    boolean major() {
      return kind == Wire.FaultKind.MAJOR;
    }

    boolean has(int flag) {
      return (flags & flag) != 0;
    }
  }

  /** Takes faults that wait no longer. */
  interface Handler {
    void fault(Fault fault);
  }

  private static final int FIELDS = 8;
  private static final int KIND_SHIFT = 16;
  private static final int WHAT_SHIFT = 24;

  private long[] rows = new long[1024 * FIELDS];
  private int count;
  private final Fault current = new Fault();

  int count() {
    return count;
  }

  /** Takes one in; false where there is no room. */
  boolean add(FaultRows fault) {
    if (count == MOST) {
      return false;
    }
    if (rows.length == count * FIELDS) {
      rows = java.util.Arrays.copyOf(rows, 2 * rows.length);
    }
    int at = count++ * FIELDS;
    rows[at] = fault.address();
    rows[at + 1] = fault.endNanos();
    rows[at + 2] = fault.durationNanos();
    rows[at + 3] = fault.traceHigh();
    rows[at + 4] = fault.traceLow();
    rows[at + 5] = fault.span();
    rows[at + 6] = fault.tid();
    rows[at + 7] = fault.flags() | (long) fault.kind() << KIND_SHIFT | (long) fault.what() << WHAT_SHIFT;
    return true;
  }

  /**
   * Hands over, and forgets, those that ended before a moment.
   *
   * @param replaced the moment for those that ended while mappings were being replaced
   */
  void take(long before, long replaced, Handler handler) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      int at = i * FIELDS;
      boolean changing = (rows[at + 7] & Wire.FaultFlag.CHANGING) != 0;
      if (rows[at + 1] - (changing ? replaced : before) < 0) {
        handler.fault(load(at));
      } else {
        System.arraycopy(rows, at, rows, kept++ * FIELDS, FIELDS);
      }
    }
    count = kept;
  }

  private Fault load(int at) {
    current.address = rows[at];
    current.endNanos = rows[at + 1];
    current.durationNanos = rows[at + 2];
    current.traceHigh = rows[at + 3];
    current.traceLow = rows[at + 4];
    current.span = rows[at + 5];
    current.tid = (int) rows[at + 6];
    long rest = rows[at + 7];
    current.flags = (int) rest & (1 << KIND_SHIFT) - 1;
    current.kind = (int) (rest >>> KIND_SHIFT) & 0xff;
    current.what = (int) (rest >>> WHAT_SHIFT) & 0xff;
    return current;
  }
}
