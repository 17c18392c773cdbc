package io.mmapscope.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.model.HookStatus;
import io.mmapscope.agent.model.HookStatus.Refusal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A program that the kernel refuses, made by spoiling one in the object. */
class BpfLoaderTest {

  private static final byte[] FIRST_READS_R9 = {(byte) 0xbf, (byte) 0x90, 0, 0, 0, 0, 0, 0}; // r0 = r9

  @Test
  void aRefusedProgramTakesNoOtherDownAndTheVerifierSaysWhy() throws Exception {
    Privileges.assumeBpf();
    byte[] file = Kernel.read(Architecture.current().object("mapping"));
    spoil(file, "tracepoint/syscalls/sys_enter_msync");
    Set<WayKind> without = EnumSet.of(WayKind.FEXIT, WayKind.KPROBE);
    try (Kernel kernel = Kernel.open(file, without)) {
      List<HookStatus> calls = kernel.hooks().stream().filter(hook -> !hook.inner()).toList();
      assertThat(calls).allMatch(HookStatus::attached);
      assertThat(calls).filteredOn(hook -> hook.target().equals("sys_enter")).singleElement().satisfies(msync -> {
        assertThat(msync.event()).isEqualTo("msync");
        assertThat(msync.way()).isEqualTo("tp_btf");
        Refusal refusal = msync.refusals().get(msync.refusals().size() - 1);
        assertThat(refusal.way()).isEqualTo("tracepoint");
        assertThat(refusal.reason()).startsWith("bpf(2) EACCES").contains("verifier: R9 !read_ok");
        assertThat(refusal.log()).hasSizeLessThanOrEqualTo(12).contains("R9 !read_ok");
        assertThat(refusal.log().get(refusal.log().size() - 1)).startsWith("processed ");
      });
      long seen = kernel.hookCounts().get(Wire.Hook.MSYNC).seen();
      Syscalls.call(Syscalls.MSYNC, 1, Syscalls.PAGE, 0);
      assertThat(kernel.hookCounts().get(Wire.Hook.MSYNC).seen()).isEqualTo(seen + 1);
    }
  }

  /** Puts an instruction that reads an unset register at the beginning of a section. ELF, 64 bit, little-endian. */
  private static void spoil(byte[] file, String section) {
    ByteBuffer elf = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int headers = (int) elf.getLong(0x28);
    int size = elf.getShort(0x3a);
    int names = (int) elf.getLong(headers + elf.getShort(0x3e) * size + 0x18);
    for (int i = 0; i < elf.getShort(0x3c); i++) {
      int header = headers + i * size;
      if (name(file, names + elf.getInt(header)).equals(section)) {
        elf.put((int) elf.getLong(header + 0x18), FIRST_READS_R9);
        return;
      }
    }
    throw new AssertionError("no section " + section);
  }

  private static String name(byte[] file, int at) {
    int end = at;
    while (file[end] != 0) {
      end++;
    }
    return new String(file, at, end - at);
  }
}
