package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.wire.Wire;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads a BPF ring buffer from its mapped pages, without a system call. For one thread at a time.
 *
 * <pre>
 *   consumer page    consumer position, ours to write: release, so that the kernel reuses only what has been read
 *   producer page    producer position: acquire, so that the headers below it are seen
 *   data             a record that passes the end goes on at the beginning
 * </pre>
 *
 * The kernel offers the data pages twice in a row, so that no record is ever split; but all pages of such a mapping
 * count as the process's memory, 4 MiB more, so the few that are split are put together here.
 *
 * A record is an 8-byte header and its data, rounded up to 8 bytes. The header's first word is the length with the bits
 * BUSY (reserved, not yet complete) and DISCARD; the kernel writes it with release when the record is complete. See the
 * kernel's Documentation/bpf/ringbuf.rst.
 */
public final class RingReader {

  private static final int BUSY = 1 << 31;
  private static final int DISCARD = 1 << 30;
  private static final int HEADER = 8;

  /** How many records are handled before the kernel gets their room back. */
  private static final int BATCH = 64;

  /** Made at the first read, on the reader's thread, because it takes 15 ms, and before {@code main} they count. */
  private static final class Access {
    static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    private Access() {}
  }

  /** Takes what is in the ring. */
  public interface Handler {
    void call(RingRecord call);

    default void fault(RingFault fault) {}
  }

  private final ByteBuffer consumer;
  private final ByteBuffer producer;
  private final ByteBuffer data;
  private final int mask;
  private final ByteBuffer whole = ByteBuffer.allocate(Wire.Record.SIZE).order(ByteOrder.nativeOrder());
  private boolean closed;
  private boolean complete = true;
  private long malformed;

  /**
   * @param consumer page of the consumer position, writable
   * @param producer page of the producer position
   * @param data the data pages; their size is a power of two
   */
  RingReader(ByteBuffer consumer, ByteBuffer producer, ByteBuffer data) {
    this.consumer = consumer;
    this.producer = producer;
    this.data = data;
    this.mask = data.capacity() - 1;
  }

  /**
   * Hands each complete record to the handler, in the order in which the calls ended, and returns how many there were.
   * Stops at the record that is still being written. What the handler throws ends it, and that record counts as read.
   */
  public synchronized int drain(Handler handler) {
    if (closed) {
      return 0;
    }
    long position = (long) Access.LONG.get(consumer, 0);
    int handled = 0;
    complete = true;
    try {
      while (position < (long) Access.LONG.getAcquire(producer, 0)) {
        int at = (int) position & mask;
        int header = (int) Access.INT.getAcquire(data, at);
        if ((header & BUSY) != 0) {
          complete = false;
          break;
        }
        int length = header & ~DISCARD;
        position += length + HEADER + 7 & ~7;
        if ((header & DISCARD) == 0) {
          handled++;
          handle(handler, at + HEADER & mask);
        }
        if (handled % BATCH == 0) {
          Access.LONG.setRelease(consumer, 0, position);
        }
      }
    } finally {
      Access.LONG.setRelease(consumer, 0, position);
    }
    return handled;
  }

  /** False where the last {@link #drain} stopped at a record that was being written. */
  public synchronized boolean complete() {
    return complete;
  }

  private void handle(Handler handler, int at) {
    int here = Math.min(Wire.Record.SIZE, data.capacity() - at);
    if (here == Wire.Record.SIZE) {
      handleWhole(handler, data, at);
    } else {
      whole.put(0, data, at, here).put(here, data, 0, Wire.Record.SIZE - here);
      handleWhole(handler, whole, 0);
    }
  }

  private void handleWhole(Handler handler, ByteBuffer buffer, int at) {
    if (RecordDecoder.isFault(buffer, at)) {
      handler.fault(RecordDecoder.fault(buffer, at));
      return;
    }
    RingRecord ringRecord = RecordDecoder.decode(buffer, at);
    if (ringRecord == null) {
      malformed++;
    } else {
      handler.call(ringRecord);
    }
  }

  /** Records so far that were no call of the wire: 0, unless the object and the classes are of different builds. */
  public synchronized long malformed() {
    return malformed;
  }

  /** From here on there is nothing to read: the pages go. */
  synchronized void close() {
    closed = true;
  }
}
