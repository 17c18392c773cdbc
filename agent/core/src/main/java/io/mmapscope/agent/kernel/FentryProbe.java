package io.mmapscope.agent.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Asks the kernel whether it takes programs on functions at all, with one that does nothing, on a function that does not
 * exist. Some kernels refuse the kind whatever the function and the privileges, and loading all programs to find that
 * out would cost as much as the rest of the start.
 */
final class FentryProbe {

  static final String REFUSED = "bpf(2) EPERM, this kernel takes no programs on functions from this process";

  private static final int BPF_PROG_TYPE_TRACING = 26;
  private static final int BPF_TRACE_FENTRY = 24;
  private static final int NO_FUNCTION = 1; // the first type of the kernel's BTF, an integer

  // struct bpf_prog_load_opts of libbpf 1.1
  private static final int OPTS_SIZE = 104;
  private static final int OPTS_EXPECTED_ATTACH_TYPE = 12;
  private static final int OPTS_ATTACH_BTF_ID = 32;

  // r0 = 0; exit
  private static final long[] INSTRUCTIONS = {0xb7, 0x95};

  private final LibBpf bpf;

  FentryProbe(LibBpf bpf) {
    this.bpf = bpf;
  }

  /** The error it is refused with. */
  int errno() {
    ByteBuffer opts = ByteBuffer.allocateDirect(OPTS_SIZE).order(ByteOrder.nativeOrder());
    opts.putLong(0, OPTS_SIZE);
    opts.putInt(OPTS_EXPECTED_ATTACH_TYPE, BPF_TRACE_FENTRY);
    opts.putInt(OPTS_ATTACH_BTF_ID, NO_FUNCTION);
    ByteBuffer instructions =
        ByteBuffer.allocateDirect(INSTRUCTIONS.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (long instruction : INSTRUCTIONS) {
      instructions.putLong(instruction);
    }
    return -bpf.bpf_prog_load(
        BPF_PROG_TYPE_TRACING, "mms_probe", "GPL", instructions.clear(), INSTRUCTIONS.length, opts);
  }
}
