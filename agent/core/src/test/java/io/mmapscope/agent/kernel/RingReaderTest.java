package io.mmapscope.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mmapscope.agent.kernel.wire.Wire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The header bits and the wrap, with a ring of 4 KiB written here as the kernel writes its own. */
class RingReaderTest {

  private static final int SIZE = 4096;
  private static final int STEP = Wire.Record.SIZE + 8;

  private final ByteBuffer consumer = buffer(8);
  private final ByteBuffer producer = buffer(8);
  private final ByteBuffer data = buffer(SIZE);
  private final RingReader reader = new RingReader(consumer, producer, data);
  private final List<Long> read = new ArrayList<>();
  private long produced;

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }

  private long produce(long operation, int bits, int hook) {
    long at = produced;
    for (int i = 0; i < STEP; i++) {
      put(at + i, (byte) 0);
    }
    putInt(at, Wire.Record.SIZE | bits);
    putInt(at + 8 + Wire.Call.OPERATION, (int) operation);
    put(at + 8 + Wire.Call.HOOK, (byte) hook);
    produced += STEP;
    producer.putLong(0, produced);
    return at;
  }

  private void putInt(long position, int value) {
    for (int i = 0; i < 4; i++) {
      put(position + i, (byte) (value >>> 8 * i));
    }
  }

  private void put(long position, byte value) {
    data.put((int) (position % SIZE), value);
  }

  private int drain() {
    return reader.drain(each -> read.add(each.operation()));
  }

  @Test
  void readsInOrderAndGivesTheRoomBack() {
    produce(1, 0, 0);
    produce(2, 0, 0);
    assertThat(drain()).isEqualTo(2);
    assertThat(read).containsExactly(1L, 2L);
    assertThat(consumer.getLong(0)).isEqualTo(2L * STEP);
    assertThat(drain()).isZero();
  }

  @Test
  void stopsAtARecordThatIsBeingWritten() {
    produce(1, 0, 0);
    long busy = produce(2, 1 << 31, 0);
    produce(3, 0, 0);
    assertThat(drain()).isEqualTo(1);
    assertThat(consumer.getLong(0)).isEqualTo(STEP);
    assertThat(reader.complete()).isFalse();
    putInt(busy, Wire.Record.SIZE);
    assertThat(drain()).isEqualTo(2);
    assertThat(reader.complete()).isTrue();
    assertThat(read).containsExactly(1L, 2L, 3L);
  }

  @Test
  void passesOverWhatWasDiscarded() {
    produce(1, 1 << 30, 0);
    produce(2, 0, 0);
    assertThat(drain()).isEqualTo(1);
    assertThat(read).containsExactly(2L);
  }

  @Test
  void readsRoundTheEndManyTimes() {
    List<Long> written = new ArrayList<>();
    for (long i = 1; i <= 100; i++) {
      produce(i, 0, 0);
      written.add(i);
      drain();
    }
    assertThat(read).isEqualTo(written);
    assertThat(produced).isGreaterThan(9L * SIZE);
  }

  @Test
  void countsWhatIsNoCall() {
    produce(1, 0, 77);
    produce(2, 0, 0);
    drain();
    assertThat(read).containsExactly(2L);
    assertThat(reader.malformed()).isEqualTo(1);
  }

  @Test
  void aHandlerThatThrowsLosesOnlyItsRecord() {
    produce(1, 0, 0);
    produce(2, 0, 0);
    assertThatThrownBy(() -> reader.drain(each -> { throw new IllegalStateException("handler"); }))
        .hasMessage("handler");
    assertThat(drain()).isEqualTo(1);
    assertThat(read).containsExactly(2L);
  }

  @Test
  void readsNothingOnceClosed() {
    produce(1, 0, 0);
    reader.close();
    assertThat(drain()).isZero();
  }
}
