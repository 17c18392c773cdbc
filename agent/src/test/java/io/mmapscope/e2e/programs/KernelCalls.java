package io.mmapscope.e2e.programs;

import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Makes each of the seven system calls a number of times, once validly and once so that it fails with EINVAL, each in a
 * method of its own whose name is the call's and {@code Valid} or {@code Invalid}. Arguments: a data file, how often.
 */
public final class KernelCalls {

  private static final int PAGE = 4096;
  /** No multiple of a page, which every one of the calls but mmap refuses with EINVAL. */
  private static final long UNALIGNED = 0x7001;

  private final long shared;
  private final long anonymous;
  private long moved;

  private KernelCalls(long shared, long anonymous, long moved) {
    this.shared = shared;
    this.anonymous = anonymous;
    this.moved = moved;
  }

  public static void main(String[] args) throws Exception {
    int times = Integer.parseInt(args[1]);
    try (FileChannel channel =
        FileChannel.open(
            Path.of(args[0]), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      var mapped = channel.map(MapMode.READ_WRITE, 0, 16 * PAGE);
      KernelCalls calls =
          new KernelCalls(Buffers.addressOf(mapped), anonymous(16 * PAGE), anonymous(PAGE));
      for (int i = 0; i < times; i++) {
        calls.valid(i);
        calls.invalid();
      }
    }
    System.out.println("done");
  }

  private static long anonymous(long length) {
    return Libc.mmap(0, length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
  }

  private void valid(int i) {
    long range = mmapValid();
    check(range != -1 && munmapValid(range) == 0, "mmap, munmap");
    moved = mremapValid(moved, i % 2 == 0);
    check(moved != -1, "mremap");
    check(mprotectValid(i % 2 == 0) == 0, "mprotect");
    check(msyncValid() == 0, "msync");
    check(madviseValid() == 0, "madvise");
    check(remapFilePagesValid(i % 8) == 0, "remap_file_pages");
  }

  private void invalid() {
    check(mmapInvalid() == -1, "mmap");
    check(munmapInvalid() == -1, "munmap");
    check(mremapInvalid() == -1, "mremap");
    check(mprotectInvalid() == -1, "mprotect");
    check(msyncInvalid() == -1, "msync");
    check(madviseInvalid() == -1, "madvise");
    check(remapFilePagesInvalid() == -1, "remap_file_pages");
  }

  private static void check(boolean asExpected, String call) {
    if (!asExpected) {
      throw new IllegalStateException(call + ", errno " + Libc.errno());
    }
  }

  long mmapValid() {
    return anonymous(2 * PAGE);
  }

  int munmapValid(long range) {
    return Libc.munmap(range, 2 * PAGE);
  }

  long mremapValid(long range, boolean grow) {
    return Libc.mremap(range, grow ? PAGE : 2 * PAGE, grow ? 2 * PAGE : PAGE, Libc.MREMAP_MAYMOVE);
  }

  int mprotectValid(boolean writable) {
    return Libc.mprotect(anonymous, PAGE, writable ? Libc.PROT_READ | Libc.PROT_WRITE : Libc.PROT_READ);
  }

  int msyncValid() {
    return Libc.msync(shared, PAGE, Libc.MS_ASYNC);
  }

  int madviseValid() {
    return Libc.madvise(anonymous, PAGE, Libc.MADV_NORMAL);
  }

  int remapFilePagesValid(int page) {
    return Libc.remap_file_pages(shared + 2 * PAGE, PAGE, 0, page, 0);
  }

  long mmapInvalid() {
    return Libc.mmap(0, 0, Libc.PROT_READ, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
  }

  int munmapInvalid() {
    return Libc.munmap(UNALIGNED, PAGE);
  }

  long mremapInvalid() {
    return Libc.mremap(UNALIGNED, PAGE, PAGE, 0);
  }

  int mprotectInvalid() {
    return Libc.mprotect(UNALIGNED, PAGE, Libc.PROT_READ);
  }

  int msyncInvalid() {
    return Libc.msync(UNALIGNED, PAGE, Libc.MS_ASYNC);
  }

  int madviseInvalid() {
    return Libc.madvise(UNALIGNED, PAGE, Libc.MADV_NORMAL);
  }

  int remapFilePagesInvalid() {
    return Libc.remap_file_pages(shared, PAGE, Libc.PROT_READ, 0, 0);
  }
}
