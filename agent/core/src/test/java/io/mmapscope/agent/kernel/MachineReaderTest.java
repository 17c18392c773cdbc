package io.mmapscope.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.kernel.Capabilities.Capability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineReaderTest {

  @TempDir Path root;

  @Test
  void readsEachFact() throws IOException {
    file("proc/sys/kernel/osrelease", "6.1.0-18-cloud-amd64\n");
    file("sys/kernel/btf/vmlinux", "");
    file("sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
    file("proc/self/status", "Name:\tjava\nUid:\t1000\t1001\t1000\t1000\nCapEff:\t000000c000000000\nSeccomp:\t2\n");
    file("proc/sys/kernel/unprivileged_bpf_disabled", "2\n");
    file("proc/sys/kernel/perf_event_paranoid", "-1\n");
    file("sys/kernel/debug/tracing/events/syscalls/sys_enter_mmap/id", "97\n");
    file("proc/sys/vm/max_map_count", "65530\n");
    Files.createDirectories(root.resolve("proc/self/ns"));
    Files.createSymbolicLink(root.resolve("proc/self/ns/pid"), Path.of("pid:[4026532500]"));
    Files.createSymbolicLink(root.resolve("proc/self/ns/user"), Path.of("user:[4026531837]"));

    assertThat(new MachineReader(root).read())
        .isEqualTo(
            new Machine(
                "6.1.0-18-cloud-amd64",
                System.getProperty("os.arch"),
                true,
                "integrity",
                1001L,
                new Capabilities(1L << 38 | 1L << 39),
                2L,
                -1L,
                "/sys/kernel/debug/tracing",
                "filter",
                "own",
                "initial",
                65530L));
  }

  @Test
  void whatCannotBeReadIsUnknown() {
    assertThat(new MachineReader(root).read())
        .isEqualTo(
            new Machine(
                null, System.getProperty("os.arch"), false, null, null, null, null, null, null, null, null, null,
                null));
  }

  @Test
  void readsThisMachine() {
    Machine machine = new MachineReader(Path.of("/")).read();
    assertThat(machine.kernel()).isNotEmpty();
    assertThat(machine.capabilities()).isNotNull();
    assertThat(machine.maxMapCount()).isPositive();
    assertThat(machine.pidNamespace()).isIn("initial", "own");
  }

  @Test
  void tracingNeedsBothCapabilitiesOrSysAdmin() {
    assertThat(new Capabilities(0).missing()).containsExactly("BPF", "PERFMON");
    assertThat(new Capabilities(1L << 39).missing()).containsExactly("PERFMON");
    assertThat(new Capabilities(1L << 38 | 1L << 39).missing()).isEmpty();
    assertThat(new Capabilities(1L << 21).missing()).isEmpty();
    assertThat(Capabilities.ofHex("000001ffffffffff").names())
        .containsExactly("CAP_SYS_ADMIN", "CAP_SYS_RESOURCE", "CAP_PERFMON", "CAP_BPF");
    assertThat(Capabilities.ofHex("ffffffffffffffff").has(Capability.CAP_BPF)).isTrue();
  }

  private void file(String path, String content) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }
}
