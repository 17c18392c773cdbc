package io.mmapscope.agent.pipeline;

import java.util.function.LongSupplier;

/**
 * Whether the ledger can be trusted. Where calls or operations were lost, what it says of an address may be a mapping
 * that is gone, so nothing is named from it until {@code /proc/self/maps} was read. Safe for any thread.
 */
public final class Doubt {

  private final LongSupplier losses;
  private long lossesKnown;
  private boolean inDoubt;
  private long doubtfulBefore = System.nanoTime();

  /** @param losses how many calls and operations the ledger does not know of, so far */
  public Doubt(LongSupplier losses) {
    this.losses = losses;
    this.lossesKnown = losses.getAsLong();
  }

  /** Looks for new losses. After events were drained: a loss is counted before whatever it makes wrong can happen. */
  synchronized void look() {
    long now = losses.getAsLong();
    if (now != lossesKnown) {
      lossesKnown = now;
      inDoubt = true;
    }
  }

  /** Raises doubt for a reason other than a counted loss. */
  synchronized void raise() {
    inDoubt = true;
  }

  /** Returns true where the ledger may be wrong about this moment. */
  synchronized boolean at(long nanos) {
    return inDoubt || nanos - doubtfulBefore < 0;
  }

  /** Returns true where the list should be read. */
  public synchronized boolean exists() {
    return inDoubt;
  }

  /** The list was read and the ledger corrected, between these moments. */
  public synchronized void settled(long lossesBefore, long takenEndNanos) {
    if (inDoubt) {
      inDoubt = losses.getAsLong() != lossesBefore;
      doubtfulBefore = takenEndNanos;
    }
  }

  /** The losses so far, to be given to {@link #settled}. */
  public synchronized long losses() {
    return losses.getAsLong();
  }
}
