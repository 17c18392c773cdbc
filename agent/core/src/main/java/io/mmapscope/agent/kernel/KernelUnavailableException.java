package io.mmapscope.agent.kernel;

import io.mmapscope.agent.model.HookStatus;
import java.util.List;

/**
 * The kernel part cannot be used on this machine or with these privileges. The message is short and fits behind
 * {@code no kernel events: }, e.g. {@code bpf(2) EPERM, needs CAP_BPF and CAP_PERFMON}.
 */
public final class KernelUnavailableException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient List<HookStatus> hooks;

  KernelUnavailableException(String message) {
    this(message, null);
  }

  KernelUnavailableException(String message, Throwable cause) {
    this(message, cause, List.of());
  }

  KernelUnavailableException(String message, Throwable cause, List<HookStatus> hooks) {
    super(message, cause);
    this.hooks = hooks;
  }

  /** Each event and why none of its ways was taken; empty where it did not come to that. */
  public List<HookStatus> hooks() {
    return hooks == null ? List.of() : hooks;
  }
}
