package io.mmapscope.agent;

/**
 * The agent at work in this JVM.
 *
 * @param line what is to be said of its start
 * @param exit flushes at the JVM's exit
 * @param ends all that has to be ended when it leaves
 */
record Running(String line, ExitHook exit, Ends ends) {

  /**
   * Leaves the JVM: everything is as it was without the agent, but for a few classes in java.base that do nothing.
   *
   * @throws IllegalStateException where the JVM is at its exit already, which ends everything
   */
  void stop() {
    exit.remove();
    ends.run();
  }
}
