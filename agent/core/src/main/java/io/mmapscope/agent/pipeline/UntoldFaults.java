package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.model.FaultTotal;
import java.util.List;
import java.util.function.Supplier;

/**
 * The page faults that the kernel counted for the process besides those that the listeners are told of: before the agent,
 * for calls that asked for pages (mlock(2), MAP_POPULATE), and lost ones. With those told they are what
 * {@code /proc/self/stat} has. For the agent's thread, but {@link #totals}.
 */
final class UntoldFaults {

  private static final long INTERVAL_NANOS = 1_000_000_000L;

  private final Supplier<long[]> kernels;

  /** Minor, major; as are all of these. */
  private final long[] told = new long[2];

  private final long[] untold = new long[2];
  private volatile List<FaultTotal> totals = List.of();
  private long nextLook = System.nanoTime();

  /** @param kernels counts minor and major ones for the process; gives null where nothing is seen of page faults */
  UntoldFaults(Supplier<long[]> kernels) {
    this.kernels = kernels;
  }

  /** What the kernel has counted so far, where it is time to look; else null. */
  long[] look(long now) {
    if (now - nextLook < 0) {
      return null;
    }
    nextLook = now + INTERVAL_NANOS;
    return kernels.get();
  }

  /** Has the next {@link #look} look whatever the time. */
  void hurry() {
    nextLook = System.nanoTime();
  }

  void told(boolean major) {
    told[major ? 1 : 0]++;
  }

  /** It was told of by mistake: there was no listener, and no room. */
  void untold(boolean major) {
    told[major ? 1 : 0]--;
  }

  /**
   * Compares.
   *
   * @param counted what {@link #look} gave; all faults that had ended then were told since
   */
  void see(long[] counted) {
    for (int kind = 0; kind < untold.length; kind++) {
      // Less by those that were told since.
      untold[kind] = Math.max(untold[kind], counted[kind] - told[kind]);
    }
    totals = List.of(total(false), total(true));
  }

  private FaultTotal total(boolean major) {
    return new FaultTotal(major, FaultTotal.Mode.UNKNOWN, untold[major ? 1 : 0]);
  }

  /** Safe for any thread. */
  List<FaultTotal> totals() {
    return totals;
  }
}
