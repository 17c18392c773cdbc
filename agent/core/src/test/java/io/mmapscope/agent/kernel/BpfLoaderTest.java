package io.mmapscope.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.HookStatus;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A program that the kernel refuses, made by spoiling one in the object. */
class BpfLoaderTest {

  private static final byte[] FIRST_READS_R9 = {(byte) 0xbf, (byte) 0x90, 0, 0, 0, 0, 0, 0}; // r0 = r9

  @Test
  void aRefusedProgramTakesNoOtherDownAndTheVerifierSaysWhy() throws Exception {
    Privileges.assumeBpf();
    byte[] file = getClass().getClassLoader().getResourceAsStream("mmapscope/bpf/x86_64/mapping.bpf.o").readAllBytes();
    spoil(file, "tracepoint/syscalls/sys_exit_msync");
    LibC libc = new LibC();
    LibBpf bpf = new LibBpf(NativeCode.libbpf());
    BpfLoader loader = new BpfLoader(bpf, file, PidNamespace.current(libc));
    try (BpfObject object = loader.load()) {
      assertThat(loader.refused()).containsOnlyKeys("msync");
      assertThat(loader.refused().get("msync")).startsWith("bpf(2) EACCES").contains("verifier: R9 !read_ok");
      PerfEvents events = new PerfEvents(libc, bpf, object.mapDescriptor("mms_events"));
      List<HookStatus> hooks = new HookAttacher(bpf, object, events).attach(libc, loader.refused());
      assertThat(hooks).filteredOn(hook -> !hook.attached()).extracting(HookStatus::event).containsExactly("msync");
      assertThat(events.count()).isEqualTo(12);
      events.detachFrom(0);
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
