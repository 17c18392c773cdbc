package java.lang;

import io.mmapscope.agent.kernel.wire.Wire;

/**
 * Keeps the application's trace context in the slot of the thread on which it is current, where a page fault finds it.
 * Called by {@link MmapscopeStorage} before and after a context is made current.
 */
public final class MmapscopeContexts {

  private MmapscopeContexts() {}

  /** Address of the slot of the platform thread that runs the current one, or 0 where it has none. */
  public static long slot() {
    MmapscopeRuntime agent = MmapscopeGate.open;
    MmapscopeThread thread = agent == null ? null : MmapscopeHooks.threadOrNew(agent);
    return thread == null ? 0 : thread.slot;
  }

  /** Starts to follow, for an agent that has slots. */
  public static void start(MmapscopeRuntime agent) {
    agent.followsContexts = agent.slots != 0;
  }

  /**
   * Stops it, for good: where the agent leaves, and where some change of contexts could be missed. No trace is better
   * than an old one.
   */
  public static void stop(MmapscopeRuntime agent) {
    agent.followsContexts = false;
    for (int i = 0; i < Wire.Limit.SLOTS && agent.slots != 0; i++) {
      MmapscopeContext.clear(agent.slots + (long) i * Wire.Slot.SIZE);
    }
  }

  static void lost(Throwable failure) {
    MmapscopeRuntime agent = MmapscopeGate.open;
    if (agent != null) {
      stop(agent);
      agent.failed(failure);
    }
  }

  private static boolean follows(MmapscopeRuntime agent) {
    return agent != null && agent.followsContexts;
  }

  /**
   * The current thread is about to change its context of one copy of OpenTelemetry: from now on it has none in the slot.
   *
   * @return what to tell the new one to, or null where it is not followed
   */
  static MmapscopeContext begin(int copy) {
    MmapscopeRuntime agent = MmapscopeGate.open;
    MmapscopeThread thread = follows(agent) ? MmapscopeHooks.threadOrNew(agent) : null;
    if (thread == null) {
      return null;
    }
    if (MmapscopeHooks.isVirtual()) {
      return MmapscopeMounts.begin(thread, copy);
    }
    MmapscopeContext state = thread.context;
    if (state.slot == 0 || !state.begin(copy)) {
      return null;
    }
    MmapscopeContext.clear(state.slot);
    return state;
  }

  /** Ends what {@link #begin} began: the state is known. */
  static void end(MmapscopeContext state) {
    MmapscopeRuntime agent = MmapscopeGate.open;
    if (!follows(agent) || agent.session != state.session) {
      return;
    }
    if (state.slot != 0) {
      state.write(state.slot);
    } else {
      MmapscopeMounts.end(state, MmapscopeHooks.threadOrNew(agent));
    }
  }
}
