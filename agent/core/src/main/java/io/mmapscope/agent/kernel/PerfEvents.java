package io.mmapscope.agent.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The perf events that programs are attached to. They are kept in a map ({@code mms_events}) and not as descriptors:
 * closing one waits for a grace period, some 70 ms, and a process with 14 would need a second to exit. What a map held
 * is closed by the kernel's worker. For the same reason there is no BPF link.
 */
final class PerfEvents {

  private static final int TYPE_TRACEPOINT = 2;
  private static final int ATTR_SIZE = 64; // struct perf_event_attr, first published size
  private static final int ATTR_SIZE_AT = 4;
  private static final int ATTR_CONFIG_AT = 8;
  private static final long FLAG_FD_CLOEXEC = 8;
  private static final long IOC_SET_BPF = 0x40042408; // _IOW('$', 8, __u32)

  private final LibC libc;
  private final LibBpf bpf;
  private final int map;
  private int count;

  PerfEvents(LibC libc, LibBpf bpf, int map) {
    this.libc = libc;
    this.bpf = bpf;
    this.map = map;
  }

  int count() {
    return count;
  }

  /** Has a program run at a tracepoint, on all processors. */
  void attachTracepoint(int program, int id) throws BpfException {
    int fd = open(id);
    try {
      check("ioctl(2) PERF_EVENT_IOC_SET_BPF", libc.ioctl(fd, IOC_SET_BPF, program));
      check("bpf(2) on mms_events", bpf.bpf_map_update_elem(map, word(count), word(fd), 0));
      count++;
    } finally {
      libc.close(fd);
    }
  }

  /** Any one processor will do: the kernel runs the programs of a tracepoint wherever it is hit. */
  private int open(int id) throws BpfException {
    ByteBuffer attr = ByteBuffer.allocateDirect(ATTR_SIZE).order(ByteOrder.nativeOrder());
    attr.putInt(0, TYPE_TRACEPOINT);
    attr.putInt(ATTR_SIZE_AT, ATTR_SIZE);
    attr.putLong(ATTR_CONFIG_AT, id);
    int fd = (int) libc.syscall(LibC.SYS_PERF_EVENT_OPEN, attr, -1L, 0L, -1L, FLAG_FD_CLOEXEC);
    check("perf_event_open(2)", fd);
    return fd;
  }

  /** Has the kernel close the events from one on, soon. */
  void detachFrom(int first) {
    for (; count > first; count--) {
      bpf.bpf_map_delete_elem(map, word(count - 1));
    }
  }

  private static ByteBuffer word(int value) {
    return ByteBuffer.allocateDirect(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(0, value);
  }

  private static void check(String call, int result) throws BpfException {
    if (result < 0) {
      throw new BpfException(call, LibC.errno(), "");
    }
  }
}
