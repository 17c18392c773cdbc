package io.mmapscope.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.HookStatus;
import io.mmapscope.agent.model.HookStatus.Refusal;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What to do about an error depends on what the process may do, not on the error alone. */
class RemedyTest {

  private static final long BOTH = 1L << 38 | 1L << 39;

  private static Machine machine(long capabilities, String seccomp, String users, long paranoid) {
    return new Machine(
        "6.1", "amd64", true, "none", 1000L, new Capabilities(capabilities), 2L, paranoid, null, seccomp, "own", users,
        65530L);
  }

  @Test
  void bpf() {
    assertThat(Remedy.of(machine(0, "disabled", "initial", 2), "bpf(2)", Errno.EPERM))
        .isEqualTo(", needs CAP_BPF and CAP_PERFMON");
    assertThat(Remedy.of(machine(1L << 39, "disabled", "initial", 2), "bpf(2)", Errno.EPERM))
        .isEqualTo(", needs CAP_PERFMON");
    assertThat(Remedy.of(machine(0, "filter", "initial", 2), "bpf(2)", Errno.EPERM))
        .isEqualTo(", needs CAP_BPF and CAP_PERFMON and a seccomp profile that allows bpf(2)");
    assertThat(Remedy.of(machine(BOTH, "filter", "initial", 2), "bpf(2)", Errno.EPERM))
        .isEqualTo(", needs a seccomp profile that allows bpf(2): CAP_BPF and CAP_PERFMON are held");
    assertThat(Remedy.of(machine(BOTH, "filter", "own", 2), "bpf(2)", Errno.EPERM)).contains("initial user namespace");
    assertThat(Remedy.of(machine(BOTH, "disabled", "initial", 2), "bpf(2)", Errno.EPERM)).isEmpty();
    assertThat(Remedy.of(machine(BOTH, "filter", "initial", 2), "bpf(2)", Errno.EACCES)).isEmpty();
    assertThat(Remedy.of(machine(0, "filter", "initial", 2), "bpf(2)", Errno.ENOSYS))
        .isEqualTo(", needs a seccomp profile that allows bpf(2)");
    assertThat(Remedy.of(machine(0, "disabled", "initial", 2), "bpf(2)", Errno.ENOSYS))
        .isEqualTo(", the kernel is built without it");
  }

  @Test
  void perfEvents() {
    String call = "perf_event_open(2)";
    assertThat(Remedy.of(machine(0, "disabled", "initial", 3), call, Errno.EACCES))
        .isEqualTo(", needs kernel.perf_event_paranoid of at most 2 (it is 3) or CAP_PERFMON");
    assertThat(Remedy.of(machine(0, "filter", "initial", 3), call, Errno.EPERM))
        .endsWith(" or CAP_PERFMON and a seccomp profile that allows perf_event_open(2)");
    assertThat(Remedy.of(machine(0, "filter", "initial", 2), call, Errno.EPERM))
        .isEqualTo(", needs a seccomp profile that allows perf_event_open(2)");
    assertThat(Remedy.of(machine(0, "disabled", "initial", 2), call, Errno.EACCES)).isEqualTo(", needs CAP_PERFMON");
  }

  private static HookStatus refused(String... reasons) {
    List<String> ways = List.of("fexit", "kprobe", "tracepoint", "tp_btf");
    return new HookStatus(
        "mmap",
        false,
        null,
        null,
        Stream.iterate(0, i -> i + 1)
            .limit(reasons.length)
            .map(i -> new Refusal(ways.get(i), "f", reasons[i], List.of()))
            .toList(),
        List.of());
  }

  @Test
  void oneReasonIsSaidOnce() {
    assertThat(refused("bpf(2) EINVAL", "none", "bpf(2) EINVAL").reason())
        .isEqualTo("fexit, tracepoint: bpf(2) EINVAL; kprobe: none");
  }

  @Test
  void kernelsBefore513AreTooOld() {
    assertThat(List.of("4.18.0-553.el8", "5.10.0-34-cloud-amd64", "5.12")).allMatch(KernelUnavailableException::isOld);
    assertThat(List.of("5.13.1", "5.15.0-1", "6.1.0-18", "6.18", "unknown"))
        .noneMatch(KernelUnavailableException::isOld);
    assertThat(KernelUnavailableException.none(List.of(refused("bpf(2) EINVAL"))))
        .hasMessage("fexit: bpf(2) EINVAL"); // this kernel is newer
  }
}
