package io.mmapscope.agent;

import io.mmapscope.agent.control.MappingList;
import java.util.function.Supplier;

/**
 * The agent at work in this JVM.
 *
 * @param line what is to be said of its start
 * @param mappings the live mappings, as they are now
 * @param exit flushes at the JVM's exit
 * @param ends all that has to be ended when it leaves
 */
record Running(String line, Supplier<MappingList> mappings, ExitHook exit, Ends ends) {

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
