package io.mmapscope.agent.ledger;

/**
 * The page faults of one mapping, all its pieces together. The agent's thread counts; any thread may read, and may see
 * one count a fault ahead of another.
 */
public final class MappingFaults {

  private volatile long minor;
  private volatile long major;
  private volatile long nanos;

  /** Only for the agent's thread. */
  public void add(boolean isMajor, long durationNanos) {
    if (isMajor) {
      major++;
    } else {
      minor++;
    }
    nanos += durationNanos;
  }

  public long minor() {
    return minor;
  }

  public long major() {
    return major;
  }

  /** Total time in them, nanoseconds. */
  public long nanos() {
    return nanos;
  }
}
