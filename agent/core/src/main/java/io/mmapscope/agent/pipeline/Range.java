package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Syscall;
import java.util.List;

/**
 * The range that a system call made or touched.
 *
 * @param address first byte
 * @param length bytes
 * @param offset bytes in the file, or -1 where the call says nothing of it
 */
record Range(long address, long length, long offset) {

  static Range of(KernelCall call, long pageSize) {
    return switch (call.syscall()) {
      case MMAP -> new Range(call.failed() ? call.arg(0) : call.result(), call.arg(1), call.arg(5));
      case MREMAP -> new Range(call.failed() ? call.arg(0) : call.result(), call.arg(2), -1);
      case REMAP_FILE_PAGES -> new Range(call.arg(0), call.arg(1), call.arg(3) * pageSize);
      case MUNMAP, MPROTECT, MSYNC, MADVISE -> new Range(call.arg(0), call.arg(1), -1);
    };
  }

  /** Of a library method's calls the one that its span describes: what it mapped, else what it did last; or null. */
  static KernelCall main(List<KernelCall> calls) {
    KernelCall main = null;
    for (KernelCall call : calls) {
      if (main == null || maps(call) || !maps(main)) {
        main = call;
      }
    }
    return main;
  }

  private static boolean maps(KernelCall call) {
    return call.syscall() == Syscall.MMAP
        || call.syscall() == Syscall.MREMAP
        || call.syscall() == Syscall.REMAP_FILE_PAGES;
  }
}
