package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Syscall;
import io.mmapscope.agent.pipeline.CellReader.Finished;
import java.util.List;

/** What the JDK's own map and unmap ask of the kernel: one mmap of a file, one munmap. Immutable. */
final class JdkCalls {

  private static final int MAP_SHARED = 1;
  private static final int MAP_PRIVATE = 2;
  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;

  private final long pageSize;

  JdkCalls(long pageSize) {
    this.pageSize = pageSize;
  }

  /** Without a kernel part, what the JDK must have asked of the kernel for a successful map or unmap. */
  KernelCall implied(Finished operation) {
    long page = pageSize;
    long start = operation.address() & -page;
    long length = operation.address() + operation.length() - start;
    if (operation.address() == 0 || length <= 0) {
      return null;
    }
    return switch (operation.kind()) {
      case MAP -> {
        long within = operation.address() - start;
        long writable = "READ_ONLY".equals(operation.mode()) ? 0 : PROT_WRITE;
        long flags = "PRIVATE".equals(operation.mode()) ? MAP_PRIVATE : MAP_SHARED;
        yield call(
            operation,
            Syscall.MMAP,
            List.of(0L, length, PROT_READ | writable, flags, -1L, operation.offset() - within),
            start);
      }
      case UNMAP -> call(operation, Syscall.MUNMAP, List.of(start, length, 0L, 0L, 0L, 0L), 0);
      default -> null;
    };
  }

  private static KernelCall call(Finished operation, Syscall syscall, List<Long> args, long result) {
    long duration = operation.endNanos() - operation.startNanos();
    return new KernelCall(syscall, operation.startNanos(), duration, args, result, 0, null, -1, null, -1, 0);
  }

  /** Returns true where this call, seen outside any operation, can only be the operation's own. */
  boolean isOf(Finished operation, KernelCall call) {
    if (call.startNanos() < operation.startNanos() || call.endNanos() > operation.endNanos() || call.failed()) {
      return false;
    }
    long start = operation.address() & -pageSize;
    return switch (operation.kind()) {
      case MAP -> call.syscall() == Syscall.MMAP && operation.address() != 0 && call.result() == start;
      case UNMAP -> call.syscall() == Syscall.MUNMAP && call.arg(0) == start;
      default -> false;
    };
  }
}
