package io.mmapscope.agent.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A software event of the kernel's ({@code PERF_TYPE_SOFTWARE}) for a thread, inherited by each thread that it makes. */
final class SoftwareEvent {

  static final long DISABLED = 1;
  static final long EXCLUDE_USER = 1 << 4;
  static final long EXCLUDE_KERNEL = 1 << 5;
  /** No child process inherits it. Since Linux 5.13. */
  static final long THREADS_ONLY = 1L << 35;

  private static final int TYPE_SOFTWARE = 1;
  private static final int ATTR_SIZE = 72; // PERF_ATTR_SIZE_VER1
  private static final int ATTR_SIZE_AT = 4;
  private static final int ATTR_CONFIG_AT = 8;
  private static final int ATTR_PERIOD_AT = 16;
  private static final int ATTR_FLAGS_AT = 40;
  private static final long INHERIT = 1 << 1;
  private static final long FLAG_FD_CLOEXEC = 8;

  private final LibC libc;
  private final ByteBuffer attr = ByteBuffer.allocateDirect(ATTR_SIZE).order(ByteOrder.nativeOrder());

  /**
   * @param name as perf(1) lists it
   * @param period of how many events each runs a program; 0 only to count
   * @param flags those of the bits of {@code struct perf_event_attr} that are named here
   */
  SoftwareEvent(LibC libc, String name, long period, long flags) {
    this.libc = libc;
    attr.putInt(0, TYPE_SOFTWARE);
    attr.putInt(ATTR_SIZE_AT, ATTR_SIZE);
    attr.putLong(ATTR_CONFIG_AT, config(name));
    attr.putLong(ATTR_PERIOD_AT, period);
    attr.putLong(ATTR_FLAGS_AT, flags | INHERIT);
  }

  /** Numbers of {@code enum perf_sw_ids}. */
  private static int config(String event) {
    return switch (event) {
      case "page-faults" -> 2;
      case "minor-faults" -> 5;
      case "major-faults" -> 6;
      default -> throw new IllegalArgumentException(event);
    };
  }

  /** Returns its descriptor, or -1 where the thread has ended. */
  int open(int tid) throws BpfException {
    int fd = libc.perfEventOpen(attr, tid, -1, -1, FLAG_FD_CLOEXEC);
    if (fd < 0 && LibC.errno() != Errno.ESRCH) {
      throw new BpfException("perf_event_open(2)", LibC.errno(), "");
    }
    return fd;
  }
}
