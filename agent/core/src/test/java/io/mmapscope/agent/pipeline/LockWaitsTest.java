package io.mmapscope.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.LockWait;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LockWaitsTest {

  private static final int MUNMAP = Wire.Hook.MUNMAP + 1;

  private final List<LockWait> told = new ArrayList<>();
  private final LockWaits waits = new LockWaits(told::add);

  @Test
  void withinAnOperationTheyWaitForItsCallSite() {
    waits.addWithin(7, MUNMAP, 10);
    waits.addWithin(8, MUNMAP, 20);
    waits.addWithin(7, 0, 30);
    assertThat(told).isEmpty();
    waits.finish(7, Touched.site(1));
    assertThat(told)
        .containsExactly(new LockWait("munmap", Touched.site(1), 10), new LockWait("other", Touched.site(1), 30));
    waits.finish(7, Touched.site(2));
    assertThat(told).hasSize(2);
    waits.finishAll();
    assertThat(told).element(2).isEqualTo(new LockWait("munmap", CallSite.UNKNOWN, 20));
  }

  @Test
  void namesWhatTheLockWasFor() {
    waits.add(Wire.Hook.PAGE_FAULT + 1, Touched.site(1), 5);
    waits.add(0, CallSite.UNKNOWN, 6);
    waits.add(99, CallSite.UNKNOWN, 7);
    assertThat(told).extracting(LockWait::activity).containsExactly("page_fault", "other", "other");
  }

  @Test
  void operationsThatNeverEndAreToldInTheEnd() {
    for (int i = 1; i <= 4097; i++) {
      waits.addWithin(i, MUNMAP, i);
    }
    assertThat(told).containsExactly(new LockWait("munmap", CallSite.UNKNOWN, 1));
  }
}
