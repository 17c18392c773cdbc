package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.HookCatalogue.Attachment;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashSet;
import java.util.Set;

/**
 * Software events of the kernel's ({@code PERF_TYPE_SOFTWARE}), one for each thread there is, inherited by each thread
 * that comes: so they cost this process alone. A thread that comes while this goes on may get two; the programs notice.
 */
final class ThreadAttacher implements Attacher {

  private static final int TYPE_SOFTWARE = 1;
  private static final int ATTR_SIZE = 72; // PERF_ATTR_SIZE_VER1
  private static final int ATTR_SIZE_AT = 4;
  private static final int ATTR_CONFIG_AT = 8;
  private static final int ATTR_PERIOD_AT = 16;
  private static final int ATTR_FLAGS_AT = 40;
  private static final long DISABLED = 1;
  private static final long INHERIT = 1 << 1;
  private static final long INHERIT_THREAD = 1L << 35; // since 5.13; before, child processes inherit too
  private static final long FLAG_FD_CLOEXEC = 8;
  private static final long IOC_SET_BPF = 0x40042408; // _IOW('$', 8, __u32)
  private static final long IOC_ENABLE = 0x2400; // _IO('$', 0)
  private static final File TASKS = new File("/proc/self/task");

  private final LibC libc;
  private final Links links;
  private long flags = DISABLED | INHERIT | INHERIT_THREAD;

  ThreadAttacher(LibC libc, Links links) {
    this.libc = libc;
    this.links = links;
  }

  @Override
  public void check(Attachment attachment) {
    // Whether it is allowed, the kernel tells at the first one.
  }

  @Override
  public void attach(int program, Attachment attachment) throws BpfException {
    Set<String> done = new HashSet<>();
    boolean more = true;
    while (more) {
      more = false;
      String[] tasks = TASKS.list();
      for (String task : tasks == null ? new String[] {"0"} : tasks) {
        if (done.add(task)) {
          more = true;
          attach(program, config(attachment.target()), Integer.parseInt(task));
        }
      }
    }
  }

  /** Numbers of {@code enum perf_sw_ids}; names as perf(1) lists them. */
  private static int config(String event) {
    return switch (event) {
      case "page-faults" -> 2;
      case "minor-faults" -> 5;
      case "major-faults" -> 6;
      default -> throw new IllegalArgumentException(event);
    };
  }

  private void attach(int program, int config, int tid) throws BpfException {
    int fd = open(config, tid);
    if (fd < 0 && LibC.errno() == Errno.EINVAL && (flags & INHERIT_THREAD) != 0) {
      flags &= ~INHERIT_THREAD;
      fd = open(config, tid);
    }
    if (fd < 0 && LibC.errno() == Errno.ESRCH) {
      return; // it has ended
    }
    check("perf_event_open(2)", fd);
    links.keep(fd);
    check("ioctl(2) PERF_EVENT_IOC_SET_BPF", libc.ioctl(fd, IOC_SET_BPF, program));
    check("ioctl(2) PERF_EVENT_IOC_ENABLE", libc.ioctl(fd, IOC_ENABLE, 0));
  }

  private int open(int config, int tid) {
    ByteBuffer attr = ByteBuffer.allocateDirect(ATTR_SIZE).order(ByteOrder.nativeOrder());
    attr.putInt(0, TYPE_SOFTWARE);
    attr.putInt(ATTR_SIZE_AT, ATTR_SIZE);
    attr.putLong(ATTR_CONFIG_AT, config);
    attr.putLong(ATTR_PERIOD_AT, 1);
    attr.putLong(ATTR_FLAGS_AT, flags);
    return libc.perfEventOpen(attr, tid, -1, -1, FLAG_FD_CLOEXEC);
  }

  private static void check(String call, int result) throws BpfException {
    if (result < 0) {
      throw new BpfException(call, LibC.errno(), "");
    }
  }
}
