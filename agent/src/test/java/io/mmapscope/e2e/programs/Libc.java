package io.mmapscope.e2e.programs;

import com.sun.jna.Native;

/**
 * The C library's calls about memory and files, as C spells them. Each returns -1 with the errno for failure, {@link
 * #posix_fadvise} the errno.
 */
final class Libc {

  static final int PROT_NONE = 0;
  static final int PROT_READ = 1;
  static final int PROT_WRITE = 2;
  static final int MAP_SHARED = 1;
  static final int MAP_PRIVATE = 2;
  static final int MAP_FIXED = 0x10;
  static final int MAP_ANONYMOUS = 0x20;
  static final int MS_ASYNC = 1;
  static final int MS_SYNC = 4;
  static final int MADV_NORMAL = 0;
  static final int MADV_RANDOM = 1;
  static final int MADV_DONTNEED = 4;
  static final int MREMAP_MAYMOVE = 1;
  static final int MREMAP_FIXED = 2;
  static final int MREMAP_DONTUNMAP = 4;
  static final int O_RDWR = 2;
  static final int POSIX_FADV_DONTNEED = 4;
  static final int RUSAGE_THREAD = 1;

  static {
    Native.register(Libc.class, "c");
  }

  private Libc() {}

  static native long mmap(long addr, long length, int prot, int flags, int fd, long offset);

  static native int munmap(long addr, long length);

  static native long mremap(long oldAddress, long oldSize, long newSize, int flags);

  static native long mremap(long oldAddress, long oldSize, long newSize, int flags, long newAddress);

  static native int mprotect(long addr, long length, int prot);

  static native int msync(long addr, long length, int flags);

  static native int madvise(long addr, long length, int advice);

  static native int open(String path, int flags);

  static native int remap_file_pages(long addr, long size, int prot, long pgoff, int flags);

  static native int close(int fd);

  static native long write(int fd, long buffer, long count);

  static native int posix_fadvise(int fd, long offset, long length, int advice);

  static native int mincore(long addr, long length, long vector);

  static native int getrusage(int who, long usage);

  /** The errno of the last failed call of this thread. */
  static int errno() {
    return Native.getLastError();
  }
}
