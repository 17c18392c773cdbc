package io.mmapscope.agent.kernel;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import io.mmapscope.agent.model.PageSize;

/** The system calls, made as a native library makes them. */
final class Syscalls {

  static final int READ = number(0, 63);
  static final int WRITE = number(1, 64);
  static final int CLOSE = number(3, 57);
  static final int IOCTL = number(16, 29);
  static final int GETRUSAGE = number(98, 165);
  static final int MLOCK = number(149, 228);
  static final int FADVISE = number(221, 223);
  static final int USERFAULTFD = number(323, 282);
  static final int MMAP = number(9, 222);
  static final int MPROTECT = number(10, 226);
  static final int MUNMAP = number(11, 215);
  static final int MREMAP = number(25, 216);
  static final int MSYNC = number(26, 227);
  static final int MADVISE = number(28, 233);
  static final int SHMGET = number(29, 194);
  static final int SHMAT = number(30, 196);
  static final int SHMCTL = number(31, 195);
  static final int SHMDT = number(67, 197);
  static final int REMAP_FILE_PAGES = number(216, 234);

  static final long PAGE = PageSize.ofSystem();
  static final int PROT_READ = 1;
  static final int PROT_WRITE = 2;
  static final int MAP_SHARED = 1;
  static final int MAP_PRIVATE = 2;
  static final int MAP_ANONYMOUS = 0x20;

  private static final Function SYSCALL;
  private static final Function OPEN;

  static {
    try {
      NativeCode.libbpf(); // starts JNA
    } catch (KernelUnavailableException e) {
      throw new IllegalStateException(e);
    }
    SYSCALL = NativeLibrary.getProcess().getFunction("syscall");
    OPEN = NativeLibrary.getProcess().getFunction("open");
  }

  private Syscalls() {}

  private static int number(int x86, int aarch64) {
    return System.getProperty("os.arch").equals("aarch64") ? aarch64 : x86;
  }

  /** The result, or -errno. */
  static long call(int number, long... args) {
    Object[] all = new Object[7];
    all[0] = (long) number;
    for (int i = 0; i < 6; i++) {
      all[i + 1] = i < args.length ? args[i] : 0L;
    }
    long result = SYSCALL.invokeLong(all);
    return result == -1 ? -Native.getLastError() : result;
  }

  static int open(String path) {
    int fd = OPEN.invokeInt(new Object[] {path, 2});
    if (fd < 0) {
      throw new IllegalStateException("open " + path + ": errno " + Native.getLastError());
    }
    return fd;
  }
}
