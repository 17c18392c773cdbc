package io.mmapscope.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.kernel.WrittenFaults;
import io.mmapscope.agent.kernel.wire.Wire;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldFaultsTest {

  private final WrittenFaults written = new WrittenFaults();
  private final HeldFaults held = new HeldFaults();

  private void add(long end) {
    written.add(Wire.FaultKind.MAJOR, 0, end * 10, end - 3, end, 9, Wire.FaultFlag.KERNEL | Wire.FaultFlag.CARRIER);
    written.rows().drain(row -> assertThat(held.add(row)).isTrue());
  }

  private List<Long> take(long before) {
    List<Long> ends = new ArrayList<>();
    held.take(before, before, fault -> ends.add(fault.endNanos));
    return ends;
  }

  @Test
  void keepsAllThatTheRowSays() {
    written.add(Wire.FaultKind.LOCK_WAIT, Wire.Hook.MUNMAP + 1, 0x7f12L, 20, 50, 9, Wire.FaultFlag.CHANGING);
    written.rows().drain(held::add);
    held.take(
        0,
        51,
        fault -> {
          assertThat(fault.address).isEqualTo(0x7f12L);
          assertThat(fault.startNanos()).isEqualTo(20);
          assertThat(fault.endNanos).isEqualTo(50);
          assertThat(List.of(fault.traceHigh, fault.traceLow, fault.span)).containsExactly(1L, 2L, 9L);
          assertThat(fault.tid).isEqualTo(7);
          assertThat(fault.kind).isEqualTo(Wire.FaultKind.LOCK_WAIT);
          assertThat(fault.what).isEqualTo(Wire.Hook.MUNMAP + 1);
          assertThat(fault.flags).isEqualTo(Wire.FaultFlag.CHANGING);
        });
    assertThat(held.count()).isZero();
  }

  @Test
  void handsOverThoseThatEndedBeforeAndKeepsTheOthersInOrder() {
    for (long end : new long[] {30, 10, 40, 20}) {
      add(end);
    }
    assertThat(take(10)).isEmpty();
    assertThat(take(30)).containsExactly(10L, 20L);
    assertThat(held.count()).isEqualTo(2);
    assertThat(take(100)).containsExactly(30L, 40L);
    assertThat(take(100)).isEmpty();
  }

  @Test
  void thoseDuringAReplacementHaveAMomentOfTheirOwn() {
    add(30);
    written.add(Wire.FaultKind.MINOR, 0, 1, 10, 20, 0, Wire.FaultFlag.CHANGING);
    written.rows().drain(held::add);
    List<Long> ends = new ArrayList<>();
    held.take(40, 20, fault -> ends.add(fault.endNanos));
    assertThat(ends).containsExactly(30L);
    held.take(0, 21, fault -> ends.add(fault.endNanos));
    assertThat(ends).containsExactly(30L, 20L);
  }

  @Test
  void isBounded() {
    int taken = 0;
    boolean[] refused = new boolean[1];
    while (!refused[0] && taken < 1 << 20) {
      written.add(Wire.FaultKind.MINOR, 0, 1, 1, 2, 0, 0);
      written.rows().drain(row -> refused[0] = !held.add(row));
      taken++;
    }
    assertThat(held.count()).isEqualTo(taken - 1).isEqualTo(65_536);
    assertThat(take(3)).hasSize(65_536);
  }
}
