package io.mmapscope.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.model.Stall;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StallsTest {

  private static final int MINOR = Wire.FaultKind.MINOR;
  private static final int MAJOR = Wire.FaultKind.MAJOR;

  private final List<Stall> done = new ArrayList<>();
  private final Stalls stalls = new Stalls(100, done::add);

  @Test
  void addsUpASpansFaultsFromTheFirstToTheLast() {
    stalls.add(Touched.fault(5, 1000, 1010, MINOR), Touched.mapping(1, "/d/a"));
    stalls.add(Touched.fault(6, 1020, 1200, MAJOR), Touched.mapping(1, "/d/a"));
    stalls.add(Touched.fault(5, 900, 1100, MAJOR), Touched.mapping(2, "/d/b"));
    stalls.add(Touched.fault(5, 1500, 1501, MINOR), null);
    stalls.finishBefore(Long.MAX_VALUE / 2);
    assertThat(done).hasSize(2);
    Stall stall = done.get(0);
    assertThat(stall.trace().spanId()).isEqualTo(5);
    assertThat(List.of(stall.startNanos(), stall.endNanos())).containsExactly(900L, 1501L);
    assertThat(List.of(stall.minor(), stall.major(), stall.durationNanos())).containsExactly(2L, 1L, 211L);
    assertThat(stall.files())
        .containsExactly(
            new Stall.File("/d/b", Touched.site(2), 1, 200), new Stall.File("/d/a", Touched.site(1), 1, 10));
    assertThat(done.get(1).trace().spanId()).isEqualTo(6);
  }

  @Test
  void shorterOnesAreOfNoInterest() {
    stalls.add(Touched.fault(5, 1000, 1099, MINOR), null);
    stalls.finishAll();
    assertThat(done).isEmpty();
  }

  @Test
  void theSameSpanIdInAnotherTraceIsAnotherSpan() {
    HeldFaults.Fault other = Touched.fault(5, 1000, 1200, MINOR);
    other.traceLow = 3;
    stalls.add(Touched.fault(5, 1000, 1300, MINOR), null);
    stalls.add(other, null);
    stalls.finishAll();
    assertThat(done).extracting(stall -> stall.trace().traceLow()).containsExactly(2L, 3L);
  }

  @Test
  void isTakenForDoneOnlyAfterItWasQuiet() {
    stalls.add(Touched.fault(5, 1000, 1200, MINOR), null);
    stalls.finishBefore(1200);
    assertThat(done).isEmpty();
    stalls.finishBefore(1201);
    assertThat(done).hasSize(1);
    stalls.add(Touched.fault(5, 2000, 2300, MINOR), null);
    stalls.finishAll();
    assertThat(done).extracting(Stall::minor).containsExactly(1L, 1L);
  }

  @Test
  void namesTheThreeDearestFiles() {
    for (int i = 1; i <= 300; i++) {
      stalls.add(Touched.fault(5, 1000, 1000 + i, MAJOR), Touched.mapping(i, "/d/" + i));
    }
    stalls.finishAll();
    assertThat(done.get(0).major()).isEqualTo(300);
    assertThat(done.get(0).files()).hasSize(3);
  }

  @Test
  void ofTooManySpansTheOldestIsToldFirst() {
    for (int i = 1; i <= 16_385; i++) {
      stalls.add(Touched.fault(i, 1000, 1200, MINOR), null);
    }
    assertThat(done).extracting(stall -> stall.trace().spanId()).containsExactly(1L);
    stalls.finishAll();
    assertThat(done).hasSize(16_385);
  }
}
