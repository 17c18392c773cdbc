package io.mmapscope.agent;

/** What is left of the start when the application's main may run: done once, beside the agent's thread. */
final class StartThread extends Thread {

  /** Work that may wait. */
  interface Work {
    void run() throws InterruptedException;
  }

  private final Work work;

  StartThread(Work work) {
    super(AgentThread.systemGroup(), "mmapscope-start");
    this.work = work;
    setDaemon(true);
    setContextClassLoader(StartThread.class.getClassLoader());
  }

  @Override
  public void run() {
    try {
      work.run();
    } catch (InterruptedException toldToEnd) {
      // Then it ends.
    }
  }

  /** Ends it, whatever it waits for, and waits for that. */
  void end() throws InterruptedException {
    interrupt();
    join();
  }
}
