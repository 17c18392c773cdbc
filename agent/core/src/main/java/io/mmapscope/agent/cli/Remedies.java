package io.mmapscope.agent.cli;

import io.mmapscope.agent.cli.KernelProbe.Attempt;
import io.mmapscope.agent.kernel.Machine;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a user can do about what the doctor found. */
final class Remedies {

  private Remedies() {}

  /** Remedies for what keeps hooks from attaching, the most likely first; empty where all attach. */
  static List<String> of(Machine machine, Attempt attempt) {
    List<String> remedies = new ArrayList<>();
    if (attempt.failure() == null && attempt.hooks().stream().allMatch(hook -> hook.attached() || hook.inner())) {
      return remedies;
    }
    if (machine.capabilities() != null && !machine.capabilities().missing().isEmpty()) {
      remedies.add(grant(machine.capabilities().missing()));
    } else if ("own".equals(machine.userNamespace())) {
      remedies.add(
          "run in the initial user namespace (no rootless container, no userns remapping):"
              + " the capabilities held here do not count for bpf(2)");
    }
    if (!machine.btf()) {
      remedies.add("boot a kernel with CONFIG_DEBUG_INFO_BTF=y, or make /sys/kernel/btf/vmlinux readable");
    }
    if ("confidentiality".equals(machine.lockdown())) {
      remedies.add("boot with lockdown=integrity or none: confidentiality forbids BPF to read the kernel's memory");
    }
    if ("filter".equals(machine.seccomp())) {
      remedies.add("let the seccomp filter of this process pass bpf(2) and perf_event_open(2)");
    }
    // Without tracefs other ways do, where the privileges are there.
    if (remedies.isEmpty() && machine.tracefs() == null) {
      remedies.add(
          "mount -t tracefs tracefs /sys/kernel/tracing, readable to this user"
              + " (in a container: a read-only volume of the host's)");
    }
    return remedies;
  }

  /** The lines to write for what is missing, one of these, according to what starts the JVM. */
  private static String grant(List<String> missing) {
    List<String> names = missing.stream().map("CAP_"::concat).toList();
    List<String> options = missing.stream().map("--cap-add="::concat).toList();
    return "grant "
        + String.join(" and ", names)
        + " (before Linux 5.8 CAP_SYS_ADMIN), one of:\n"
        + "  Kubernetes, in the container's spec, with root as the user in it:\n"
        + "    securityContext:\n      runAsUser: 0\n      capabilities:\n        add: ["
        + String.join(", ", missing)
        + "]\n  Docker, Podman, with root as the user in the container:\n    "
        + String.join(" ", options)
        + "\n  systemd, in the unit's [Service] section, for any user:\n    AmbientCapabilities="
        + String.join(" ", names)
        + "\n  a shell of root, for any user:\n    setpriv --reuid=USER --regid=GROUP --init-groups --inh-caps=+"
        + String.join(",+", lower(missing))
        + " --ambient-caps=+"
        + String.join(",+", lower(missing))
        + " java …\n  the JDK's file, for all its users, its lib directory being in /etc/ld.so.conf.d:\n    setcap "
        + String.join(",", lower(names))
        + "+ep $(readlink -f $(command -v java))";
  }

  private static List<String> lower(List<String> names) {
    return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
  }
}
