package io.mmapscope.agent.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DirectMemoryTest {

  private static final long A = 0x7f00_0000_0010L;
  private static final long SECOND = 1_000_000_000L;

  private final DirectMemory memory = new DirectMemory();

  @Test
  void itIsThereFromItsAllocationToItsRelease() {
    memory.allocated(A, 100, 10);

    assertThat(memory.contains(A, 11, 12)).isTrue();
    assertThat(memory.contains(A + 99, 11, 12)).isTrue();
    assertThat(memory.contains(A + 100, 11, 12)).isFalse();
    assertThat(memory.contains(A - 1, 11, 12)).isFalse();
    assertThat(memory.contains(A, 9, 12)).as("begun before").isFalse();

    memory.freed(A, 20);

    assertThat(memory.contains(A, 18, 19)).as("told of later").isTrue();
    assertThat(memory.contains(A, 18, 21)).as("ended after").isFalse();
    assertThat(memory.contains(A, 21, 22)).isFalse();
  }

  @Test
  void whoHasTheAddressNextIsAnother() {
    memory.allocated(A, 100, 10);
    memory.freed(A, 20);
    memory.allocated(A + 50, 100, 30);

    assertThat(memory.contains(A + 60, 31, 32)).isTrue();
    assertThat(memory.contains(A + 60, 21, 22)).isFalse();
    assertThat(memory.contains(A + 60, 11, 12)).isTrue();
    assertThat(memory.contains(A, 31, 32)).isFalse();
  }

  @Test
  void whatIsThereAtAnAddressEndsWhatWasSaidToBeThere() {
    memory.allocated(A, 100, 10);
    memory.allocated(A + 200, 100, 10);
    memory.allocated(A + 90, 120, 30);

    assertThat(memory.contains(A, 31, 32)).isFalse();
    assertThat(memory.contains(A + 250, 31, 32)).isFalse();
    assertThat(memory.contains(A + 150, 31, 32)).isTrue();
  }

  @Test
  void afterALossNothingIsKnown() {
    memory.allocated(A, 100, 10);
    assertThat(memory.forget(11, 0)).isZero();
    assertThat(memory.contains(A, 11, 12)).isTrue();

    assertThat(memory.forget(12, 3)).isEqualTo(3);
    assertThat(memory.contains(A, 11, 12)).isFalse();

    memory.allocated(A, 100, 20);
    assertThat(memory.forget(21, 3)).isZero();
    assertThat(memory.contains(A, 21, 22)).isTrue();
  }

  @Test
  void whatWasReleasedIsForgottenInTime() {
    memory.allocated(A, 100, 10);
    memory.freed(A, 20);
    memory.forget(20 + SECOND, 0);
    assertThat(memory.contains(A, 18, 19)).isTrue();
    memory.forget(20 + 3 * SECOND, 0);
    assertThat(memory.contains(A, 18, 19)).isFalse();
  }

  @Test
  void whatIsNotKnownMayBeReleased() {
    memory.freed(A, 20);
    assertThat(memory.contains(A, 18, 19)).isFalse();
  }
}
