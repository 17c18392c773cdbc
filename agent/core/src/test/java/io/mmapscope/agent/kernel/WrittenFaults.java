package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.wire.Wire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Rows of page faults on one processor, written as the kernel does. */
public final class WrittenFaults {

  private static final int ROWS = FaultRows.each(1);

  private final ByteBuffer cursors = buffer(Wire.FaultCursor.SIZE);
  private final ByteBuffer memory = buffer(ROWS * Wire.Fault.SIZE);
  private final FaultRows rows = new FaultRows(cursors, memory, 1);

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }

  /** What the agent reads. */
  public FaultRows rows() {
    return rows;
  }

  /** Adds a fault, or a wait for the lock where {@code what} is not 0. */
  public void add(int kind, int what, long address, long start, long end, long span, int flags) {
    long number = cursors.getLong(Wire.FaultCursor.HEAD);
    int at = (int) (number % ROWS) * Wire.Fault.SIZE;
    memory.putLong(at + Wire.Fault.ADDRESS, address);
    memory.putLong(at + Wire.Fault.END_NS, end);
    memory.putLong(at + Wire.Fault.DURATION_NS, end - start);
    memory.putLong(at + Wire.Fault.TRACE_HIGH, span == 0 ? 0 : 1);
    memory.putLong(at + Wire.Fault.TRACE_LOW, span == 0 ? 0 : 2);
    memory.putLong(at + Wire.Fault.SPAN, span);
    memory.putInt(at + Wire.Fault.TID, 7);
    memory.putShort(at + Wire.Fault.FLAGS, (short) flags);
    memory.put(at + Wire.Fault.KIND, (byte) kind);
    memory.put(at + Wire.Fault.WHAT, (byte) what);
    memory.putLong(at + Wire.Fault.NUMBER, number + 1);
    cursors.putLong(Wire.FaultCursor.HEAD, number + 1);
  }

  /** Takes the next row and does not write it. */
  public void beginNext() {
    cursors.putLong(Wire.FaultCursor.HEAD, cursors.getLong(Wire.FaultCursor.HEAD) + 1);
  }
}
