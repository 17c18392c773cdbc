package io.mmapscope.agent.kernel;

import io.mmapscope.agent.model.HookStatus;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

  /** Where none of the events has a way. */
  static KernelUnavailableException none(List<HookStatus> hooks) {
    String reason = hooks.get(0).reason();
    return new KernelUnavailableException(reason.contains("bpf(2)") ? orTooOld(reason) : reason, null, hooks);
  }

  /** Says that this kernel is too old where it is, else a failure's own words. */
  static String orTooOld(String message) {
    String release = System.getProperty("os.version", "");
    return isOld(release) ? "Linux " + release + " is too old, needs Linux 5.13 or later" : message;
  }

  /** Whether programs of some kinds have no task storage, and threads no events that child processes do not inherit. */
  static boolean isOld(String release) {
    Matcher numbers = Pattern.compile("(\\d+)\\.(\\d+).*").matcher(release);
    if (!numbers.matches()) {
      return false;
    }
    int major = Integer.parseInt(numbers.group(1));
    return major < 5 || major == 5 && Integer.parseInt(numbers.group(2)) < 13;
  }

  /** Each event and why none of its ways was taken; empty where it did not come to that. */
  public List<HookStatus> hooks() {
    return hooks == null ? List.of() : hooks;
  }
}
