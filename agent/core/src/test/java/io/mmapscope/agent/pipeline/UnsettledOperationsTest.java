package io.mmapscope.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.kernel.wire.Wire;
import org.junit.jupiter.api.Test;

class UnsettledOperationsTest {

  private static final int SLOTS = 3;

  private final long slots = MmapscopeMemory.reserve(SLOTS * (long) Wire.Slot.SIZE);
  private final UnsettledOperations operations = new UnsettledOperations(slots, () -> SLOTS);
  private final long now = System.nanoTime() + 1_000_000_000;

  UnsettledOperationsTest() {
    MmapscopeMemory.clear(slots, SLOTS * (long) Wire.Slot.SIZE);
  }

  private void set(int slot, long unsettled, long calls) {
    long at = slots + slot * (long) Wire.Slot.SIZE;
    MmapscopeMemory.putLong(at + Wire.Slot.UNSETTLED, unsettled);
    MmapscopeMemory.putLong(at + Wire.Slot.CALLS, calls);
  }

  @Test
  void withoutOperationsAllIsSettled() {
    assertThat(operations.settledUntil(now)).isEqualTo(now);
    assertThat(new UnsettledOperations(0, () -> SLOTS).settledUntil(now)).isEqualTo(now);
  }

  @Test
  void oneThatMadeNoCallHoldsNothingBack() {
    set(1, 6, 5);
    assertThat(operations.settledUntil(now)).isEqualTo(now);
  }

  @Test
  void oneThatMadeACallHoldsBackWhatCameAfterTheLastLook() {
    assertThat(operations.settledUntil(now)).isEqualTo(now);
    set(1, 6, 6);
    assertThat(operations.settledUntil(now + 10)).isEqualTo(now);
    assertThat(operations.settledUntil(now + 20)).isEqualTo(now);
    set(2, 1, 4);
    assertThat(operations.settledUntil(now + 30)).isEqualTo(now);
    set(1, 0, 6);
    assertThat(operations.settledUntil(now + 40)).isEqualTo(now + 20);
    set(2, 0, 4);
    assertThat(operations.settledUntil(now + 50)).isEqualTo(now + 50);
  }

  @Test
  void oneThatIsThereAtTheFirstLookHoldsBackAllSinceTheStart() {
    set(0, 1, 3);
    assertThat(operations.settledUntil(now)).isLessThan(now);
  }
}
