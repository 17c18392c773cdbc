package io.mmapscope.agent.kernel;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The perf events that programs are attached to. They are kept in a map ({@code mms_events}) and not as descriptors:
 * closing one waits for a grace period, some 70 ms, and a process with 14 would need a second to exit. What a map held
 * is closed by the kernel's worker.
 */
final class PerfEvents {

  private static final int TYPE_TRACEPOINT = 2;
  private static final int ATTR_SIZE = 72; // struct perf_event_attr, PERF_ATTR_SIZE_VER1: up to config2
  private static final int ATTR_SIZE_AT = 4;
  private static final int ATTR_CONFIG_AT = 8;
  private static final int ATTR_CONFIG1_AT = 56;
  private static final long CONFIG_RETPROBE = 1; // bit 0, says format/retprobe of the kprobe PMU
  private static final long FLAG_FD_CLOEXEC = 8;
  private static final long IOC_SET_BPF = 0x40042408; // _IOW('$', 8, __u32)

  private final LibC libc;
  private final LibBpf bpf;
  private int map = -1;
  private int count;

  PerfEvents(LibC libc, LibBpf bpf) {
    this.libc = libc;
    this.bpf = bpf;
  }

  /** Says which map to keep them in. */
  void keepIn(int mapDescriptor) {
    map = mapDescriptor;
  }

  int count() {
    return count;
  }

  /** Has a program run at a tracepoint, on all processors. */
  void attachTracepoint(int program, int id) throws BpfException {
    attach(program, open(TYPE_TRACEPOINT, id, 0));
  }

  /**
   * Has a program run at the entry of a kernel function or, as a kretprobe, at its exit.
   *
   * @param type the number of the kprobe PMU
   */
  void attachKprobe(int program, int type, String function, boolean atReturn) throws BpfException {
    try (Memory name = new Memory(function.length() + 1L)) {
      name.setString(0, function, "US-ASCII");
      attach(program, open(type, atReturn ? CONFIG_RETPROBE : 0, Pointer.nativeValue(name)));
    }
  }

  private void attach(int program, int fd) throws BpfException {
    try {
      check("ioctl(2) PERF_EVENT_IOC_SET_BPF", libc.ioctl(fd, IOC_SET_BPF, program));
      check("bpf(2) on mms_events", bpf.bpf_map_update_elem(map, word(count), word(fd), 0));
      count++;
    } finally {
      libc.close(fd);
    }
  }

  /** Any one processor will do: the kernel runs the programs of a tracepoint or kprobe wherever it is hit. */
  private int open(int type, long config, long config1) throws BpfException {
    ByteBuffer attr = ByteBuffer.allocateDirect(ATTR_SIZE).order(ByteOrder.nativeOrder());
    attr.putInt(0, type);
    attr.putInt(ATTR_SIZE_AT, ATTR_SIZE);
    attr.putLong(ATTR_CONFIG_AT, config);
    attr.putLong(ATTR_CONFIG1_AT, config1);
    int fd = libc.perfEventOpen(attr, -1, 0, -1, FLAG_FD_CLOEXEC);
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
