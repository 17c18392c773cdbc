package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.Capabilities.Capability;
import java.nio.file.Path;
import java.util.List;

/** What the user can do about an error of a system call, as far as this process's privileges tell why it failed. */
final class Remedy {

  private static final String PERF = "perf_event_open(2)";
  private static final int PARANOID = 2;

  /** Read at the first failure; what a process may do hardly changes after. */
  private static final class Here {
    private static final Machine MACHINE = new MachineReader(Path.of("/")).read();
  }

  private Remedy() {}

  /**
   * Text to be put behind the errno's name, or the empty string.
   *
   * @param call its name with the section, e.g. {@code bpf(2)}, with or without more behind it
   * @param errno positive
   */
  static String of(String call, int errno) {
    return switch (errno) {
      case Errno.EPERM, Errno.EACCES, Errno.ENOSYS -> of(Here.MACHINE, call.split(" ")[0], errno);
      case Errno.ENFILE, Errno.EMFILE -> ", raise the limit of open files";
      case Errno.ENOMEM -> ", raise the memory limit of the container or RLIMIT_MEMLOCK";
      default -> "";
    };
  }

  static String of(Machine machine, String call, int errno) {
    boolean filtered = "filter".equals(machine.seccomp());
    String profile = "a seccomp profile that allows " + call;
    if (errno == Errno.ENOSYS) {
      return filtered ? ", needs " + profile : ", the kernel is built without it";
    }
    if (call.equals(PERF) && lacksPerf(machine)) {
      return paranoid(machine, filtered ? " and " + profile : "");
    }
    List<String> missing = missing(machine);
    if (!missing.isEmpty()) {
      // Such a profile often allows it to whoever has the capabilities, so these come first.
      String needs = ", needs CAP_" + String.join(" and CAP_", missing);
      return filtered ? needs + " and " + profile : needs;
    }
    if (errno == Errno.EACCES) {
      return ""; // The verifier's, or a file's: not of privileges.
    }
    if ("own".equals(machine.userNamespace())) {
      return ", needs CAP_BPF and CAP_PERFMON in the initial user namespace, where those held here do not count";
    }
    return filtered ? ", needs " + profile + ": CAP_BPF and CAP_PERFMON are held" : "";
  }

  private static List<String> missing(Machine machine) {
    return machine.capabilities() == null ? List.of("BPF", "PERFMON") : machine.capabilities().missing();
  }

  private static boolean lacksPerf(Machine machine) {
    Capabilities held = machine.capabilities();
    return held == null || !held.has(Capability.CAP_PERFMON) && !held.has(Capability.CAP_SYS_ADMIN);
  }

  private static String paranoid(Machine machine, String more) {
    Long level = machine.perfEventParanoid();
    if (level != null && level <= PARANOID) {
      return more.isEmpty() ? ", needs CAP_PERFMON" : ", needs" + more.substring(" and".length());
    }
    return ", needs kernel.perf_event_paranoid of at most "
        + PARANOID
        + (level == null ? "" : " (it is " + level + ")")
        + " or CAP_PERFMON"
        + more;
  }
}
