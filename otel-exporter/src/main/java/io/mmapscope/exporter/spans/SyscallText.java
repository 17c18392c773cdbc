package io.mmapscope.exporter.spans;

import io.mmapscope.agent.model.Errno;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Syscall;

/**
 * Spells a system call's arguments and result as {@code strace} would, with the parameters' names of its manual page.
 * {@code int} parameters are the lower half of their register; the upper half is whatever was left in it.
 */
public final class SyscallText {

  private SyscallText() {}

  /** E.g. {@code addr=NULL, length=65536, prot=PROT_READ, flags=MAP_SHARED, fd=3, offset=0}. */
  public static String args(KernelCall call) {
    return switch (call.syscall()) {
      case MMAP ->
          "addr=" + pointer(call.arg(0)) + ", length=" + size(call.arg(1)) + ", prot=" + Flags.prot(word(call, 2))
              + ", flags=" + Flags.map(word(call, 3)) + ", fd=" + (int) call.arg(4) + ", offset=" + hex(call.arg(5));
      case MUNMAP -> range(call);
      case MREMAP -> mremap(call);
      case MPROTECT -> range(call) + ", prot=" + Flags.prot(word(call, 2));
      case MSYNC -> range(call) + ", flags=" + Flags.msync(word(call, 2));
      case MADVISE -> range(call) + ", advice=" + Flags.advice((int) call.arg(2));
      case REMAP_FILE_PAGES ->
          "addr=" + pointer(call.arg(0)) + ", size=" + size(call.arg(1)) + ", prot=" + Flags.prot(word(call, 2))
              + ", pgoff=" + Long.toUnsignedString(call.arg(3)) + ", flags=" + remapFlags(word(call, 4));
    };
  }

  /** The new address in hex, or the number returned, or the errno's name. */
  public static String result(KernelCall call) {
    if (call.failed()) {
      return Errno.name(call.errno());
    }
    boolean address = call.syscall() == Syscall.MMAP || call.syscall() == Syscall.MREMAP;
    return address ? pointer(call.result()) : Long.toString(call.result());
  }

  /** An address, e.g. {@code 0x7f0000000000}; {@code NULL} for 0. */
  static String pointer(long address) {
    return address == 0 ? "NULL" : hex(address);
  }

  /** {@code 0x} and hexadecimal digits; {@code 0} alone for 0. */
  static String hex(long value) {
    return value == 0 ? "0" : "0x" + Long.toHexString(value);
  }

  private static String range(KernelCall call) {
    return "addr=" + pointer(call.arg(0)) + ", length=" + size(call.arg(1));
  }

  private static String mremap(KernelCall call) {
    long flags = call.arg(3);
    String text =
        "old_address=" + pointer(call.arg(0)) + ", old_size=" + size(call.arg(1)) + ", new_size=" + size(call.arg(2))
            + ", flags=" + Flags.mremap(flags);
    // The fifth argument is read by the kernel only then; else it is what was left in the register.
    boolean newAddress = (flags & (Flags.MREMAP_FIXED | Flags.MREMAP_DONTUNMAP)) != 0;
    return newAddress ? text + ", new_address=" + pointer(call.arg(4)) : text;
  }

  /** The kernel minds only MAP_NONBLOCK here, but programs pass other flags of mmap too: no type is no error. */
  private static String remapFlags(long flags) {
    return flags == 0 ? "0" : Flags.map(flags);
  }

  private static String size(long bytes) {
    return Long.toUnsignedString(bytes);
  }

  private static long word(KernelCall call, int index) {
    return call.arg(index) & 0xffffffffL;
  }
}
