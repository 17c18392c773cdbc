package io.mmapscope.agent;

import io.mmapscope.agent.pipeline.Accounts;
import io.mmapscope.agent.pipeline.Pipeline;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The agent's one thread: rounds of the pipeline, with housekeeping in between. It polls, because to be woken would
 * cost the application a system call an operation.
 */
final class AgentThread extends Thread {

  private static final long SHORTEST_PAUSE_NANOS = 1_000_000;
  private static final long LONGEST_PAUSE_NANOS = 16_000_000;
  private static final long HOUSEKEEPING_NANOS = 1_000_000_000;

  private final Pipeline pipeline;
  private final Accounts accounts;
  private final Runnable first;
  private final Runnable housekeeping;
  private final BooleanSupplier urgent;
  private volatile boolean stopping;

  /**
   * @param first done first on this thread
   * @param housekeeping done about once a second
   * @param urgent whether it is to be done at once
   */
  AgentThread(
      Pipeline pipeline, Accounts accounts, Runnable first, Runnable housekeeping, BooleanSupplier urgent) {
    super(systemGroup(), "mmapscope");
    this.pipeline = pipeline;
    this.accounts = accounts;
    this.first = first;
    this.housekeeping = housekeeping;
    this.urgent = urgent;
    setDaemon(true);
    setContextClassLoader(AgentThread.class.getClassLoader());
  }

  /** Not the application's group: who lists or interrupts its own threads does not meet ours. */
  static ThreadGroup systemGroup() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group.getParent() != null) {
      group = group.getParent();
    }
    return group;
  }

  @Override
  public void run() {
    guarded("start", first);
    long pause = SHORTEST_PAUSE_NANOS;
    long nextHousekeeping = System.nanoTime() + HOUSEKEEPING_NANOS;
    while (!stopping) {
      int read = roundOrZero();
      pause = read > 0 ? SHORTEST_PAUSE_NANOS : Math.min(2 * pause, LONGEST_PAUSE_NANOS);
      if (System.nanoTime() - nextHousekeeping > 0 || urgent.getAsBoolean()) {
        nextHousekeeping = System.nanoTime() + HOUSEKEEPING_NANOS;
        guarded("housekeeping", housekeeping);
      }
      LockSupport.parkNanos(pause);
    }
  }

  private int roundOrZero() {
    try {
      return pipeline.round();
    } catch (Throwable failure) {
      accounts.failure("pipeline", failure);
      return 0;
    }
  }

  private void guarded(String where, Runnable work) {
    try {
      work.run();
    } catch (Throwable failure) {
      accounts.failure(where, failure);
    }
  }

  /** Ends it after its round. */
  void finish() {
    stopping = true;
    LockSupport.unpark(this);
  }

  /** Ends it and waits for that. */
  void end() throws InterruptedException {
    finish();
    join();
  }
}
