package io.mmapscope.agent.spi;

import io.mmapscope.agent.model.KernelEvent;
import io.mmapscope.agent.model.Operation;
import java.time.Duration;

/**
 * Told of everything the agent sees, on the agent's one thread. A listener must not block that thread: work that waits
 * (a network) belongs on a thread of the listener's own, behind a bounded queue whose refusals it counts with
 * {@link AgentView#unattributed}. What it throws is caught and counted.
 */
public interface Listener {

  /** An operation that is complete, in the order in which operations reached the agent. */
  default void operation(Operation operation) {}

  /** A kernel call outside any operation. */
  default void kernelEvent(KernelEvent event) {}

  /** Sends out what is held, waiting at most {@code timeout}. Called once, at exit, on the exiting thread. */
  default void close(Duration timeout) {}
}
