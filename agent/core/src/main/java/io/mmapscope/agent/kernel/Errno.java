package io.mmapscope.agent.kernel;

/** Names of the errors that bpf(2), perf_event_open(2) and mmap(2) give. The numbers are those of x86-64 and arm64. */
final class Errno {

  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int ESRCH = 3;
  static final int ENOMEM = 12;
  static final int EACCES = 13;
  static final int ENOTSUPP = 524; // the kernel's own, never to be seen outside, but it is
  static final int EINVAL = 22;
  static final int ENFILE = 23;
  static final int EMFILE = 24;
  static final int ENOSYS = 38;

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
      case ENOMEM -> "ENOMEM";
      case EACCES -> "EACCES";
      case 14 -> "EFAULT";
      case 16 -> "EBUSY";
      case 17 -> "EEXIST";
      case 19 -> "ENODEV";
      case EINVAL -> "EINVAL";
      case ENFILE -> "ENFILE";
      case EMFILE -> "EMFILE";
      case 28 -> "ENOSPC";
      case 30 -> "EROFS";
      case ENOSYS -> "ENOSYS";
      case 95 -> "EOPNOTSUPP";
      case ENOTSUPP -> "ENOTSUPP";
      default -> "errno " + errno;
    };
  }
}
