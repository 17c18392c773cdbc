package io.mmapscope.agent.kernel;

/**
 * The kernel part cannot be used on this machine or with these privileges. The message is short and fits behind
 * {@code no kernel events: }, e.g. {@code bpf(2) EPERM, needs CAP_BPF and CAP_PERFMON}.
 */
public final class KernelUnavailableException extends Exception {

  private static final long serialVersionUID = 1L;

  KernelUnavailableException(String message) {
    super(message);
  }

  KernelUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
