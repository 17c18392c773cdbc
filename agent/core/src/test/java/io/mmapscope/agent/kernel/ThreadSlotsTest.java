package io.mmapscope.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.kernel.wire.Wire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ThreadSlotsTest {

  private final ByteBuffer memory = buffer(Wire.Limit.SLOTS * Wire.Slot.SIZE);
  private final ByteBuffer tids = buffer(Wire.Tids.SIZE * Long.BYTES);
  private final ThreadSlots slots = new ThreadSlots(memory, tids);

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }

  /** The look-up as slot.h does it: slot number, or -1. */
  private int lookUp(int tid) {
    long hash = Integer.toUnsignedLong(tid) * 2654435761L & 0xffffffffL;
    for (int i = 0; i < 16; i++) {
      long entry = tids.getLong((int) ((hash >> 17) + i & 32767) * 8);
      if (entry == 0) {
        return -1;
      }
      if (entry >>> 32 == tid) {
        return (int) entry - 1;
      }
    }
    return -1;
  }

  @Test
  void aRegisteredThreadIsFoundAndItsSlotIsEmpty() {
    int slot = slots.register(4711, false);
    assertThat(lookUp(4711)).isEqualTo(slot);
    assertThat(memory.getInt(slot * Wire.Slot.SIZE + Wire.Slot.TID)).isEqualTo(4711);
    assertThat(memory.getInt(slot * Wire.Slot.SIZE + Wire.Slot.FLAGS)).isZero();
    assertThat(memory.getLong(slot * Wire.Slot.SIZE + Wire.Slot.OPERATION)).isZero();
  }

  @Test
  void theAgentsThreadsAreMarked() {
    int slot = slots.register(1, true);
    assertThat(memory.getInt(slot * Wire.Slot.SIZE + Wire.Slot.FLAGS)).isEqualTo(Wire.SlotFlag.AGENT);
  }

  @Test
  void aThreadWithTheNumberOfADeadOneGetsItsSlotWithoutItsOperation() {
    int slot = slots.register(4711, false);
    memory.putLong(slot * Wire.Slot.SIZE + Wire.Slot.OPERATION, 99);
    memory.putLong(slot * Wire.Slot.SIZE + Wire.Slot.CALLS, 6);
    memory.putLong(slot * Wire.Slot.SIZE + Wire.Slot.CONSUMED, 3);
    assertThat(slots.register(4711, false)).isEqualTo(slot);
    assertThat(memory.getLong(slot * Wire.Slot.SIZE + Wire.Slot.OPERATION)).isZero();
    assertThat(memory.getLong(slot * Wire.Slot.SIZE + Wire.Slot.CONSUMED)).isEqualTo(6);
    assertThat(slots.size()).isEqualTo(1);
  }

  @Test
  void aReleasedThreadIsNotFoundAndItsSlotIsUsedAgain() {
    int slot = slots.register(4711, false);
    slots.release(slot);
    slots.release(slot);
    assertThat(lookUp(4711)).isEqualTo(-1);
    assertThat(memory.getInt(slot * Wire.Slot.SIZE + Wire.Slot.TID)).isZero();
    assertThat(slots.register(4712, false)).isEqualTo(slot);
  }

  @Test
  void allSlotsCanBeTakenAndThenThereIsNone() {
    Set<Integer> given = new HashSet<>();
    for (int tid = 1000; given.size() < Wire.Limit.SLOTS; tid++) {
      assertThat(given.add(slots.register(tid, false))).isTrue();
    }
    assertThat(slots.register(999, false)).isEqualTo(-1);
    assertThat(slots.size()).isEqualTo(Wire.Limit.SLOTS);
  }

  @Test
  void threadsComeAndGoForLong() {
    Random random = new Random(7);
    Map<Integer, Integer> live = new HashMap<>();
    for (int i = 0; i < 50_000; i++) {
      int tid = 1 + random.nextInt(4_000_000);
      if (live.size() > 4000) {
        int gone = live.keySet().iterator().next();
        slots.release(live.remove(gone));
        assertThat(lookUp(gone)).isEqualTo(-1);
      }
      int slot = slots.register(tid, false);
      assertThat(slot).isNotNegative();
      assertThat(lookUp(tid)).isEqualTo(slot);
      live.put(tid, slot);
    }
    live.forEach((tid, slot) -> assertThat(lookUp(tid)).isEqualTo(slot));
    live.values().forEach(slots::release);
    assertThat(slots.size()).isZero();
  }
}
