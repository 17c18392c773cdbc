package io.mmapscope.agent.kernel;

/** Names of the errors that bpf(2), perf_event_open(2) and mmap(2) give. The numbers are those of x86-64 and arm64. */
final class Errno {

  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int ESRCH = 3;
  static final int EACCES = 13;
  static final int ENOTSUPP = 524; // the kernel's own, never to be seen outside, but it is
  static final int EINVAL = 22;

  private Errno() {}

  /** Returns the name of a positive errno, e.g. {@code EPERM}; {@code errno 93} where it is none of those known. */
  static String name(int errno) {
    return switch (errno) {
      case EPERM -> "EPERM";
      case ENOENT -> "ENOENT";
      case ESRCH -> "ESRCH";
      case 4 -> "EINTR";
      case 7 -> "E2BIG";
      case 9 -> "EBADF";
      case 11 -> "EAGAIN";
      case 12 -> "ENOMEM";
      case EACCES -> "EACCES";
      case 14 -> "EFAULT";
      case 16 -> "EBUSY";
      case 17 -> "EEXIST";
      case 19 -> "ENODEV";
      case EINVAL -> "EINVAL";
      case 23 -> "ENFILE";
      case 24 -> "EMFILE";
      case 28 -> "ENOSPC";
      case 30 -> "EROFS";
      case 38 -> "ENOSYS";
      case 95 -> "EOPNOTSUPP";
      case ENOTSUPP -> "ENOTSUPP";
      default -> "errno " + errno;
    };
  }

  /** What the user can do about an error of bpf(2) or perf_event_open(2), or the empty string. */
  static String remedy(int errno) {
    return switch (errno) {
      case EPERM, EACCES -> ", needs CAP_BPF and CAP_PERFMON";
      case 23, 24 -> ", raise the limit of open files";
      case 12 -> ", raise the memory limit of the container or RLIMIT_MEMLOCK";
      case 38 -> ", the kernel is built without it";
      default -> "";
    };
  }
}
