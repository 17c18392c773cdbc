package io.mmapscope.agent.kernel;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What of this machine and this process decides whether BPF can be used. A value that could not be read is null.
 *
 * @param kernel release, as {@code uname -r}
 * @param arch {@code os.arch} of the JVM
 * @param btf whether the kernel carries its own types (CONFIG_DEBUG_INFO_BTF)
 * @param lockdown {@code none}, {@code integrity} or {@code confidentiality}
 * @param uid effective user
 * @param capabilities the process's effective capabilities
 * @param unprivilegedBpfDisabled {@code kernel.unprivileged_bpf_disabled}
 * @param perfEventParanoid {@code kernel.perf_event_paranoid}
 * @param tracefs where the kernel's trace events are mounted and readable
 * @param seccomp {@code disabled}, {@code strict} or {@code filter}
 * @param pidNamespace {@code initial} or {@code own}
 * @param userNamespace {@code initial} or {@code own}
 * @param maxMapCount {@code vm.max_map_count}: mappings a process may have
 */
public record Machine(
    String kernel,
    String arch,
    boolean btf,
    String lockdown,
    Long uid,
    Capabilities capabilities,
    Long unprivilegedBpfDisabled,
    Long perfEventParanoid,
    String tracefs,
    String seccomp,
    String pidNamespace,
    String userNamespace,
    Long maxMapCount) {

  /** The facts by name, in the order to show them. */
  public Map<String, Object> facts() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("kernel", kernel);
    facts.put("arch", arch);
    facts.put("btf", btf);
    facts.put("lockdown", lockdown);
    facts.put("uid", uid);
    facts.put("capabilities", capabilities == null ? null : capabilities.names());
    facts.put("unprivileged_bpf_disabled", unprivilegedBpfDisabled);
    facts.put("perf_event_paranoid", perfEventParanoid);
    facts.put("tracefs", tracefs == null ? "not mounted or not readable" : tracefs);
    facts.put("seccomp", seccomp);
    facts.put("pid_namespace", pidNamespace);
    facts.put("user_namespace", userNamespace);
    facts.put("max_map_count", maxMapCount);
    return facts;
  }
}
