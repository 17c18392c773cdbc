package io.mmapscope.agent.kernel;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** The system calls, made as a native library makes them. x86-64 numbers. */
final class Syscalls {

  static final int MMAP = 9;
  static final int MPROTECT = 10;
  static final int MUNMAP = 11;
  static final int MREMAP = 25;
  static final int MSYNC = 26;
  static final int MADVISE = 28;
  static final int SHMGET = 29;
  static final int SHMAT = 30;
  static final int SHMCTL = 31;
  static final int SHMDT = 67;
  static final int REMAP_FILE_PAGES = 216;

  static final long PAGE = 4096;
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
