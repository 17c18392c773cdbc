package io.mmapscope.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mmapscope.agent.kernel.wire.Wire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The order of reading, the wrap, and rows that are reserved but not written, with rows filled here as the kernel does. */
class FaultRowsTest {

  private static final int PROCESSORS = 64;
  private static final int EACH = FaultRows.each(PROCESSORS);

  private final ByteBuffer cursors = buffer(PROCESSORS * Wire.FaultCursor.SIZE);
  private final ByteBuffer memory = buffer(PROCESSORS * EACH * Wire.Fault.SIZE);
  private final FaultRows rows = new FaultRows(cursors, memory, PROCESSORS);
  private final List<Long> read = new ArrayList<>();

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }

  private long reserve(int processor) {
    int head = processor * Wire.FaultCursor.SIZE + Wire.FaultCursor.HEAD;
    long number = cursors.getLong(head);
    cursors.putLong(head, number + 1);
    return number;
  }

  private void publish(int processor, long number, long address) {
    int at = (processor * EACH + (int) (number % EACH)) * Wire.Fault.SIZE;
    memory.putLong(at + Wire.Fault.ADDRESS, address);
    memory.putLong(at + Wire.Fault.NUMBER, number + 1);
  }

  private void write(int processor, long address) {
    publish(processor, reserve(processor), address);
  }

  private long tail(int processor) {
    return cursors.getLong(processor * Wire.FaultCursor.SIZE + Wire.FaultCursor.TAIL);
  }

  private int drain() {
    return rows.drain(fault -> read.add(fault.address()));
  }

  @Test
  void readsEachProcessorInOrderAndGivesTheRoomBack() {
    write(0, 1);
    write(PROCESSORS - 1, 3);
    write(0, 2);
    assertThat(drain()).isEqualTo(3);
    assertThat(read).containsExactly(1L, 2L, 3L);
    assertThat(tail(0)).isEqualTo(2);
    assertThat(tail(PROCESSORS - 1)).isEqualTo(1);
    assertThat(drain()).isZero();
  }

  @Test
  void aRowThatIsNotWrittenYetHoldsBackThoseAfterItOnItsProcessorOnly() {
    write(0, 1);
    long late = reserve(0);
    write(0, 3);
    write(1, 4);
    assertThat(drain()).isEqualTo(2);
    assertThat(read).containsExactly(1L, 4L);
    publish(0, late, 2);
    assertThat(drain()).isEqualTo(2);
    assertThat(read).containsExactly(1L, 4L, 2L, 3L);
  }

  @Test
  void aRowThatIsReservedAgainIsNotReadForWhatItWasBefore() {
    for (int i = 0; i < EACH; i++) {
      write(2, i);
    }
    assertThat(drain()).isEqualTo(EACH);
    read.clear();
    long again = reserve(2);
    assertThat(drain()).isZero();
    publish(2, again, 77);
    assertThat(drain()).isEqualTo(1);
    assertThat(read).containsExactly(77L);
  }

  @Test
  void goesRoundManyTimes() {
    List<Long> written = new ArrayList<>();
    for (long i = 0; i < 5L * EACH; i++) {
      write(3, i);
      written.add(i);
      if (i % 7 == 0) {
        drain();
      }
    }
    drain();
    assertThat(read).isEqualTo(written);
  }

  @Test
  void whatAHandlerThrewAtIsNotReadTwice() {
    write(0, 1);
    write(0, 2);
    assertThatThrownBy(
            () ->
                rows.drain(
                    fault -> {
                      throw new IllegalStateException("no");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(drain()).isEqualTo(1);
    assertThat(read).containsExactly(2L);
  }

  @Test
  void afterItsEndItReadsNothing() {
    write(0, 1);
    rows.close();
    assertThat(drain()).isZero();
  }

  @Test
  void eachProcessorHasAPowerOfTwo() {
    for (int processors = 1; processors < 1000; processors++) {
      assertThat(Integer.bitCount(FaultRows.each(processors))).as("%d processors", processors).isEqualTo(1);
      assertThat(FaultRows.each(processors)).isGreaterThanOrEqualTo(512);
    }
  }
}
