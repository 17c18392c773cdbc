package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.wire.Wire;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

/** The object with our programs and maps, opened and loaded by libbpf. Not safe for several threads. */
final class BpfObject implements AutoCloseable {

  private static final String SETTINGS = ".rodata.settings";
  private static final String STATE = ".data.state";
  private static final String COUNTERS = "mms_counters";
  static final String FAULTS = "mms_faults";
  static final String FAULT_CURSORS = "mms_fault_cursors";
  private static final String OWN_MAPS = "mms_";

  private final LibBpf bpf;
  private final long object;

  private BpfObject(LibBpf bpf, long object) {
    this.bpf = bpf;
    this.object = object;
  }

  /** Opens the object's file, which is all in memory. Nothing is in the kernel yet. */
  static BpfObject open(LibBpf bpf, byte[] file) throws BpfException {
    ByteBuffer memory = ByteBuffer.allocateDirect(file.length).put(file);
    long object = bpf.bpf_object__open_mem(memory.clear(), file.length);
    if (object == 0) {
      throw new BpfException("bpf_object__open_mem", LibC.errno(), "");
    }
    return new BpfObject(bpf, object);
  }

  /** Tells the programs whose process they watch, and sizes the maps by processor. */
  void configure(PidNamespace process) throws BpfException {
    ByteBuffer settings = ByteBuffer.allocateDirect(Wire.Settings.SIZE).order(ByteOrder.nativeOrder());
    settings.putLong(Wire.Settings.PIDNS_DEVICE, process.kernelDevice());
    settings.putLong(Wire.Settings.PIDNS_INODE, process.inode());
    int processors = bpf.libbpf_num_possible_cpus();
    int faults = FaultRows.each(processors);
    settings.putInt(Wire.Settings.TGID, process.tgid());
    settings.putInt(Wire.Settings.FAULTS, faults);
    check("bpf_map__set_initial_value", bpf.bpf_map__set_initial_value(map(SETTINGS), settings, settings.capacity()));
    resize(COUNTERS, processors * Wire.Hook.HOOKS);
    resize(FAULTS, processors * faults);
    resize(FAULT_CURSORS, processors);
  }

  private void resize(String map, int entries) throws BpfException {
    check("bpf_map__set_max_entries", bpf.bpf_map__set_max_entries(map(map), entries));
  }

  /** Leaves out programs that this kernel does not take. Before {@link #load}. */
  void leaveOut(Set<String> programs) throws BpfException {
    for (String program : programs) {
      check("bpf_program__set_autoload", bpf.bpf_program__set_autoload(program(program), false));
    }
  }

  /** Uses the maps of another object of the same file, those that hold what is shared. Before {@link #load}. */
  void shareMapsOf(BpfObject other) throws BpfException {
    for (long map = bpf.bpf_object__next_map(object, 0); map != 0; map = bpf.bpf_object__next_map(object, map)) {
      String name = bpf.bpf_map__name(map);
      if (name.startsWith(OWN_MAPS) || name.equals(STATE)) {
        check("bpf_map__reuse_fd", bpf.bpf_map__reuse_fd(map, other.mapDescriptor(name)));
      }
    }
  }

  void load() throws BpfException {
    check("bpf(2)", bpf.bpf_object__load(object));
  }

  private long program(String name) throws BpfException {
    return found(name, bpf.bpf_object__find_program_by_name(object, name));
  }

  int programDescriptor(String name) throws BpfException {
    return bpf.bpf_program__fd(program(name));
  }

  private long map(String name) throws BpfException {
    return found(name, bpf.bpf_object__find_map_by_name(object, name));
  }

  private static long found(String name, long pointer) throws BpfException {
    if (pointer == 0) {
      throw new BpfException("looking up " + name, LibC.errno(), "the object and the agent are of different builds");
    }
    return pointer;
  }

  int mapDescriptor(String name) throws BpfException {
    return bpf.bpf_map__fd(map(name));
  }

  int mapEntries(String name) throws BpfException {
    return bpf.bpf_map__max_entries(map(name));
  }

  private static void check(String step, int result) throws BpfException {
    if (result < 0) {
      throw new BpfException(step, -result, "");
    }
  }

  /** Closes the programs' and maps' descriptors. */
  @Override
  public void close() {
    bpf.bpf_object__close(object);
  }
}
