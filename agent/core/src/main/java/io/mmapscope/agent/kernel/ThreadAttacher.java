package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.HookCatalogue.Attachment;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/**
 * A {@link SoftwareEvent} for each thread there is: so they cost this process alone. A thread that comes while this goes
 * on may get two; the programs notice.
 */
final class ThreadAttacher implements Attacher {

  private static final long IOC_SET_BPF = 0x40042408; // _IOW('$', 8, __u32)
  private static final long IOC_ENABLE = 0x2400; // _IO('$', 0)

  /** The calling thread, as perf_event_open(2) has it: where the others are not known. */
  private static final Set<String> CALLER = Set.of("0");

  /** No way has more events of each thread. */
  private static final int EVENTS = 3;

  private final LibC libc;
  private final Links links;
  private long flags = SoftwareEvent.DISABLED | SoftwareEvent.THREADS_ONLY;
  private boolean roomChecked;

  ThreadAttacher(LibC libc, Links links) {
    this.libc = libc;
    this.links = links;
  }

  @Override
  public void check(Attachment attachment) throws IOException {
    // Whether it is allowed, the kernel tells at the first one.
    if (!roomChecked) {
      OpenFiles.checkRoomFor((long) EVENTS * ThreadId.all().size());
      roomChecked = true;
    }
  }

  @Override
  public void attach(int program, Attachment attachment) throws BpfException {
    Set<String> done = new HashSet<>();
    boolean more = true;
    while (more) {
      more = false;
      Set<String> tasks = ThreadId.all();
      for (String task : tasks.isEmpty() ? CALLER : tasks) {
        if (done.add(task)) {
          more = true;
          attach(program, attachment.target(), Integer.parseInt(task));
        }
      }
    }
  }

  private void attach(int program, String event, int tid) throws BpfException {
    int fd = open(event, tid);
    if (fd < 0) {
      return;
    }
    links.keep(fd);
    check("ioctl(2) PERF_EVENT_IOC_SET_BPF", libc.ioctl(fd, IOC_SET_BPF, program));
    check("ioctl(2) PERF_EVENT_IOC_ENABLE", libc.ioctl(fd, IOC_ENABLE, 0));
  }

  /** Where the kernel does not know of threads only, the programs tell other processes apart. */
  private int open(String event, int tid) throws BpfException {
    try {
      return new SoftwareEvent(libc, event, 1, flags).open(tid);
    } catch (BpfException e) {
      if (e.errno() != Errno.EINVAL || (flags & SoftwareEvent.THREADS_ONLY) == 0) {
        throw e;
      }
      flags &= ~SoftwareEvent.THREADS_ONLY;
      return open(event, tid);
    }
  }

  private static void check(String call, int result) throws BpfException {
    if (result < 0) {
      throw new BpfException(call, LibC.errno(), "");
    }
  }
}
