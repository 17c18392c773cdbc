package io.mmapscope.agent.kernel;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The few calls of the C library that are needed, under their own names. Addresses are longs. */
final class LibC {

  static final int PROT_READ = 1;
  static final int PROT_WRITE = 2;
  static final int MAP_SHARED = 1;
  static final int MAP_PRIVATE = 2;
  static final int MAP_FIXED = 0x10;
  static final int MAP_ANONYMOUS = 0x20;
  static final long MAP_FAILED = -1;
  static final int SYS_IO_URING_SETUP = 425; // new enough, like those below, to be the same on all architectures
  static final int SYS_IO_URING_REGISTER = 427;
  static final int SYS_FSOPEN = 430;
  static final int SYS_FSCONFIG = 431;
  static final int SYS_FSMOUNT = 432;

  private final NativeLibrary process = NativeLibrary.getProcess();
  private final Architecture architecture;

  /** @throws KernelUnavailableException where there is no native code for this processor */
  LibC() throws KernelUnavailableException {
    architecture = Architecture.current();
  }

  int getpid() {
    return process.getFunction("getpid").invokeInt(new Object[0]);
  }

  /** perf_event_open(2): a descriptor, or -1. */
  int perfEventOpen(ByteBuffer attributes, long pid, long cpu, long group, long flags) {
    return (int) syscall(architecture.sysPerfEventOpen, attributes, pid, cpu, group, flags);
  }

  int getpagesize() {
    return process.getFunction("getpagesize").invokeInt(new Object[0]);
  }

  long mmap(long address, long length, int prot, int flags, int fd, long offset) {
    return process.getFunction("mmap").invokeLong(new Object[] {address, length, prot, flags, fd, offset});
  }

  int munmap(long address, long length) {
    return process.getFunction("munmap").invokeInt(new Object[] {address, length});
  }

  int ioctl(int fd, long request, long argument) {
    return process.getFunction("ioctl").invokeInt(new Object[] {fd, request, argument});
  }

  int prctl(int option) {
    return process.getFunction("prctl").invokeInt(new Object[] {option});
  }

  /** read(2): how many bytes, or -1. */
  long read(int fd, ByteBuffer into, long length) {
    return process.getFunction("read").invokeLong(new Object[] {fd, into, length});
  }

  int close(int fd) {
    return process.getFunction("close").invokeInt(new Object[] {fd});
  }

  /** Arguments are longs, strings or direct buffers; the result is -1 on an error, see {@link #errno}. */
  long syscall(int number, Object... args) {
    Object[] all = new Object[args.length + 1];
    all[0] = (long) number;
    System.arraycopy(args, 0, all, 1, args.length);
    return process.getFunction("syscall").invokeLong(all);
  }

  /** The error of this thread's last native call. */
  static int errno() {
    return Native.getLastError();
  }

  /** Memory at an address as a buffer in native byte order. Nothing keeps it mapped. */
  static ByteBuffer buffer(long address, long length) {
    return new Pointer(address).getByteBuffer(0, length).order(ByteOrder.nativeOrder());
  }
}
