package io.mmapscope.agent.spi;

import io.mmapscope.agent.model.FaultPlace;
import io.mmapscope.agent.model.KernelEvent;
import io.mmapscope.agent.model.LockWait;
import io.mmapscope.agent.model.Operation;
import io.mmapscope.agent.model.SlowFault;
import io.mmapscope.agent.model.Stall;
import io.mmapscope.agent.model.TraceContext;
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

  /**
   * One page fault; called for each, so it must be quick and allocate nothing.
   *
   * @param kernelMode whether the kernel touched the page on the thread's behalf
   * @param slowIn the application's sampled span, where the fault was slow enough for an exemplar; else null
   */
  default void pageFault(
      FaultPlace place, boolean major, boolean kernelMode, long durationNanos, TraceContext slowIn) {}

  /** A page fault that is to be a span of its own. */
  default void slowFault(SlowFault fault) {}

  /** What a span of the application waited for page faults, where that is at least {@code fault.min-duration}. */
  default void stall(Stall stall) {}

  /** A wait for the memory map's lock. */
  default void lockWait(LockWait wait) {}

  /** Sends out what is held, waiting at most {@code timeout}. Called once, at exit, on the exiting thread. */
  default void close(Duration timeout) {}
}
