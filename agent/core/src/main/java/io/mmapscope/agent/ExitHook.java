package io.mmapscope.agent;

import io.mmapscope.agent.pipeline.Accounts;
import io.mmapscope.agent.pipeline.Pipeline;
import java.time.Duration;

/** At a normal exit sends out what is held, and takes at most {@link #LONGEST} for it, whatever the collector does. */
final class ExitHook extends Thread {

  /** Something less than the 5 s promised: the JVM has its own way to go yet. */
  private static final Duration LONGEST = Duration.ofMillis(4500);

  private final AgentThread thread;
  private final Pipeline pipeline;
  private final Listeners listeners;
  private final Accounts accounts;
  private final Runnable endWeaving;
  private final Runnable settleLedger;

  ExitHook(
      AgentThread thread,
      Pipeline pipeline,
      Listeners listeners,
      Accounts accounts,
      Runnable endWeaving,
      Runnable settleLedger) {
    super("mmapscope-exit");
    this.thread = thread;
    this.pipeline = pipeline;
    this.listeners = listeners;
    this.accounts = accounts;
    this.endWeaving = endWeaving;
    this.settleLedger = settleLedger;
  }

  @Override
  public void run() {
    try {
      long deadline = System.nanoTime() + LONGEST.toNanos();
      accounts.beQuiet();
      endWeaving.run();
      thread.finish();
      if (listeners.await(remaining(deadline))) {
        pipeline.round();
        // What ended during the round before waits for the next one.
        pipeline.round();
        settleLedger.run();
        listeners.close(remaining(deadline));
      }
    } catch (Throwable failure) {
      accounts.failure("exit", failure);
    }
  }

  private static Duration remaining(long deadline) {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }
}
