package io.mmapscope.agent;

/** What is left of the start when the application's main may run: done once, beside the agent's thread. */
final class StartThread extends Thread {

  private final Runnable work;

  StartThread(Runnable work) {
    super(AgentThread.systemGroup(), "mmapscope-start");
    this.work = work;
    setDaemon(true);
    setContextClassLoader(StartThread.class.getClassLoader());
  }

  @Override
  public void run() {
    work.run();
  }
}
