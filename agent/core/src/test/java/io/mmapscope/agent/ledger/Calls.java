package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.model.Syscall;
import java.util.ArrayList;
import java.util.List;

/** System calls as tests write them. */
final class Calls {

  static final int PAGE = 4096;
  static final int SHARED = 1;
  static final int FIXED = 0x10;
  static final int ANONYMOUS = 0x20;
  static final int MAYMOVE = 1;
  static final int REMAP_FIXED = 2;
  static final int DONTUNMAP = 4;

  private Calls() {}

  static KernelCall call(
      Syscall syscall, long start, long end, int tid, FileIdentity file, long result, long... args) {
    List<Long> six = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      six.add(i < args.length ? args[i] : 0L);
    }
    int flags = file == null ? 0 : KernelCall.FLAG_FILE;
    return new KernelCall(
        syscall, start, end - start, six, result, tid, file, file == null ? -1 : 1 << 20, null, -1, flags);
  }

  static KernelCall mmap(long start, long end, long address, long length, FileIdentity file, long offset) {
    return call(Syscall.MMAP, start, end, (int) start, file, address, 0, length, 1, SHARED, 5, offset);
  }

  static KernelCall mmapFixed(long start, long end, long address, long length, FileIdentity file, long offset) {
    return call(
        Syscall.MMAP, start, end, (int) start, file, address, address, length, 1, SHARED | FIXED, 5, offset);
  }

  static KernelCall munmap(long start, long end, long address, long length) {
    return call(Syscall.MUNMAP, start, end, (int) start, null, 0, address, length);
  }

  static KernelCall mremap(
      long start, long end, long address, long oldSize, long newSize, long flags, long result) {
    return call(Syscall.MREMAP, start, end, (int) start, null, result, address, oldSize, newSize, flags, result);
  }

  static Mapping.Creator creator(int number) {
    CallSite site = new CallSite(number, "com.acme.Store", "open" + number, "Store.java", number);
    return new Mapping.Creator(Owner.APPLICATION, site, number, "thread-" + number, null, number);
  }

  static FileIdentity file(int number) {
    return new FileIdentity(8, 1, number);
  }
}
