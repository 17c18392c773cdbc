package io.mmapscope.agent.cli;

import io.mmapscope.agent.cli.KernelProbe.Attempt;
import java.util.ArrayList;
import java.util.List;

/** What a user can do about what the doctor found. */
final class Remedies {

  private static final String GRANT =
      "grant CAP_BPF and CAP_PERFMON (CAP_SYS_ADMIN before Linux 5.8), one of:\n"
          + "  Kubernetes  securityContext: {capabilities: {add: [BPF, PERFMON]}}, with the container's user root\n"
          + "  Docker      --cap-add BPF --cap-add PERFMON\n"
          + "  systemd     AmbientCapabilities=CAP_BPF CAP_PERFMON\n"
          + "  otherwise   setcap cap_bpf,cap_perfmon+ep $(readlink -f $(command -v java)), with the JDK's lib"
          + " directory in /etc/ld.so.conf.d";

  private Remedies() {}

  /** Remedies for what keeps hooks from attaching, the most likely first; empty where all attach. */
  static List<String> of(Machine machine, Attempt attempt) {
    List<String> remedies = new ArrayList<>();
    if (attempt.failure() == null && attempt.hooks().stream().allMatch(hook -> hook.attached() || hook.inner())) {
      return remedies;
    }
    if (machine.capabilities() != null && !machine.capabilities().allowTracing()) {
      remedies.add(GRANT);
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
    if (machine.tracefs() == null) {
      remedies.add(
          "mount -t tracefs tracefs /sys/kernel/tracing, readable to this user"
              + " (in a container: a read-only volume of the host's)");
    }
    if ("filter".equals(machine.seccomp())) {
      remedies.add("let the seccomp filter of this process pass bpf(2) and perf_event_open(2)");
    }
    return remedies;
  }
}
