package io.mmapscope.agent.model;

/**
 * How many page faults of a kind there were, where no more is known of them.
 *
 * @param major whether they waited for a file's data
 * @param mode where the thread was
 * @param count since the process began
 */
public record FaultTotal(boolean major, Mode mode, long count) {

  /** Where the thread was when it happened. */
  public enum Mode {
    USER,
    KERNEL,
    /** What the kernel counted for the process besides: before the agent, for a call that asked for pages, or lost. */
    UNKNOWN
  }
}
