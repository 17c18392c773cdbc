package io.mmapscope.agent;

import io.mmapscope.agent.pipeline.Accounts;

/** At a normal exit sends out what is held, and takes at most {@link Flush#LONGEST}, whatever the collector does. */
final class ExitHook extends Thread {

  private final AgentThread thread;
  private final Accounts accounts;
  private final Runnable endWeaving;
  private final Flush flush;

  ExitHook(AgentThread thread, Accounts accounts, Runnable endWeaving, Flush flush) {
    super("mmapscope-exit");
    this.thread = thread;
    this.accounts = accounts;
    this.endWeaving = endWeaving;
    this.flush = flush;
  }

  @Override
  public void run() {
    try {
      accounts.beQuiet();
      endWeaving.run();
      thread.finish();
      flush.run(Flush.LONGEST);
    } catch (Throwable failure) {
      accounts.failure("exit", failure);
    }
  }

  /**
   * Takes it out again.
   *
   * @throws IllegalStateException where the JVM is at its exit already
   */
  void remove() {
    Runtime.getRuntime().removeShutdownHook(this);
  }
}
