package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.wire.Wire;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/**
 * Reads page faults, {@code struct mms_fault}, from the processors' rows, without a system call and without allocating.
 * For one thread at a time.
 *
 * <pre>
 *   cursors   a head (the kernel's, faults written) and a tail (ours, faults read) for each processor
 *   rows      fault n of a processor is at n modulo its number of rows; it is complete when its number is n + 1
 * </pre>
 */
public final class FaultRows {

  /** All processors' rows together, 2 MiB; a processor that faults every microsecond fills its half of two in 16 ms. */
  private static final int TOTAL = 32_768;

  private static final int LEAST = 512;

  /** Takes faults; the getters of this class say more of the one that it is called for. */
  public interface Handler {
    void fault(FaultRows fault);
  }

  private final ByteBuffer cursors;
  private final ByteBuffer rows;
  private final int processors;
  private final int each;
  private boolean closed;
  private boolean complete = true;
  private int at;

  FaultRows(ByteBuffer cursors, ByteBuffer rows, int processors) {
    this.cursors = cursors;
    this.rows = rows;
    this.processors = processors;
    this.each = each(processors);
  }

  /** Rows that a processor has: a power of two. */
  static int each(int processors) {
    return Math.max(LEAST, Integer.highestOneBit(TOTAL / processors));
  }

  /** Hands each fault to the handler, processor by processor in the order in which they ended; returns how many. */
  public synchronized int drain(Handler handler) {
    int read = 0;
    complete = true;
    for (int processor = 0; processor < processors && !closed; processor++) {
      read += drain(handler, processor);
    }
    return read;
  }

  /** False where the last {@link #drain} met a row that was being written, behind which there may be more. */
  public synchronized boolean complete() {
    return complete;
  }

  private int drain(Handler handler, int processor) {
    int cursor = processor * Wire.FaultCursor.SIZE;
    long tail = cursors.getLong(cursor + Wire.FaultCursor.TAIL);
    long head = cursors.getLong(cursor + Wire.FaultCursor.HEAD);
    long first = tail;
    try {
      while (tail < head) {
        at = (processor * each + ((int) tail & each - 1)) * Wire.Fault.SIZE;
        if (rows.getLong(at + Wire.Fault.NUMBER) != tail + 1) {
          complete = false; // reserved and not yet written
          break;
        }
        VarHandle.acquireFence();
        tail++;
        handler.fault(this);
      }
    } finally {
      VarHandle.releaseFence(); // the kernel writes only where this has read
      cursors.putLong(cursor + Wire.FaultCursor.TAIL, tail);
    }
    return (int) (tail - first);
  }

  /** Touched address; of a wait for the lock within a system call the operation. */
  public long address() {
    return rows.getLong(at + Wire.Fault.ADDRESS);
  }

  /** CLOCK_MONOTONIC. */
  public long endNanos() {
    return rows.getLong(at + Wire.Fault.END_NS);
  }

  public long durationNanos() {
    return rows.getLong(at + Wire.Fault.DURATION_NS);
  }

  public long traceHigh() {
    return rows.getLong(at + Wire.Fault.TRACE_HIGH);
  }

  public long traceLow() {
    return rows.getLong(at + Wire.Fault.TRACE_LOW);
  }

  /** The span that was current on the thread, sampled; 0 for none. */
  public long span() {
    return rows.getLong(at + Wire.Fault.SPAN);
  }

  /** The kernel's id of the thread in this PID namespace. */
  public int tid() {
    return rows.getInt(at + Wire.Fault.TID);
  }

  /** Flags of {@code Wire.FaultFlag}. */
  public int flags() {
    return rows.getShort(at + Wire.Fault.FLAGS) & 0xffff;
  }

  /** One of {@code Wire.FaultKind}. */
  public int kind() {
    return rows.get(at + Wire.Fault.KIND);
  }

  /** Of a wait for the lock: one of {@code Wire.Hook} + 1 for what it was, 0 for anything else. */
  public int what() {
    return rows.get(at + Wire.Fault.WHAT);
  }

  /** From here on there is nothing to read: the pages go. */
  synchronized void close() {
    closed = true;
  }
}
