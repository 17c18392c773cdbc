package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.model.HookCounts;
import io.mmapscope.agent.model.HookStatus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * The kernel side, running: programs attached, their maps in this process. Safe for any thread, but for its
 * {@link RingReader}, which is for one at a time.
 */
public final class Kernel implements AutoCloseable {

  private static final String PROGRAMS = "mapping";
  private static final Path KERNEL_TYPES = Path.of("/sys/kernel/btf/vmlinux");

  private final Hooks hooks;
  private final List<HookStatus> statuses;
  private final MappedMap slots;
  private final MappedMap tids;
  private final ThreadSlots threadSlots;
  private final MappedMap state;
  private final HookCounters counters;
  private final RingReader ring;
  private final FaultRows faults;
  private final List<MappedMap> mapped;
  private boolean attached = true;
  private boolean closed;
  private long slowRefused;

  private Kernel(LibC libc, Hooks hooks, long slotsAt) throws BpfException, KernelUnavailableException {
    this.hooks = hooks;
    BpfObject object = hooks.load();
    this.slots =
        MappedMap.mapAt(libc, slotsAt, object.mapDescriptor("mms_slots"), (long) Wire.Limit.SLOTS * Wire.Slot.SIZE);
    this.tids = map(libc, object, "mms_tids", 0, (long) Wire.Tids.SIZE * Long.BYTES, true);
    this.threadSlots = new ThreadSlots(slots.buffer(), tids.buffer());
    this.state = map(libc, object, ".data.state", 0, Wire.State.SIZE, true);
    int rows = object.mapEntries("mms_counters");
    MappedMap counts = map(libc, object, "mms_counters", 0, (long) rows * Wire.Counts.SIZE, false);
    this.counters = new HookCounters(counts.buffer(), rows);
    int page = libc.getpagesize();
    MappedMap consumer = map(libc, object, "mms_ring", 0, page, true);
    // Read-only, the kernel insists: the producer's page, and after it the data.
    MappedMap producer = map(libc, object, "mms_ring", page, (long) page + object.mapEntries("mms_ring"), false);
    ByteBuffer pages = producer.buffer();
    ByteBuffer data = pages.slice(page, pages.capacity() - page).order(pages.order());
    this.ring = new RingReader(consumer.buffer(), pages, data);
    int processors = object.mapEntries(BpfObject.FAULT_CURSORS);
    long rowBytes = (long) object.mapEntries(BpfObject.FAULTS) * Wire.Fault.SIZE;
    MappedMap faultRows = map(libc, object, BpfObject.FAULTS, 0, rowBytes, false);
    MappedMap cursors =
        map(libc, object, BpfObject.FAULT_CURSORS, 0, (long) processors * Wire.FaultCursor.SIZE, true);
    this.faults = new FaultRows(cursors.buffer(), faultRows.buffer(), processors);
    this.mapped = List.of(tids, state, counts, consumer, producer, faultRows, cursors);
    // Last: our own mappings of the maps are nobody's business.
    this.statuses = hooks.attach(state.buffer());
    state.buffer().putInt(Wire.State.ATTACHED, 1);
  }

  /**
   * Loads the programs, attaches them to this process, and maps their maps.
   *
   * @param slotsAt where the slots of a kernel part before this one were ({@link #slotsAddress}), or 0 for the first
   * @throws KernelUnavailableException where that cannot be done at all; a single hook that cannot be attached is told
   *     by {@link #hooks}
   */
  public static Kernel open(long slotsAt) throws KernelUnavailableException {
    try {
      return open(read(Architecture.current().object(PROGRAMS)), LeftOut.ofProcess(), slotsAt);
    } catch (IOException e) {
      throw new KernelUnavailableException(e.getMessage(), e);
    }
  }

  /**
   * The same for the first kernel part of this process.
   *
   * @param file the object's file
   * @param without ways to leave out
   */
  static Kernel open(byte[] file, Set<WayKind> without) throws KernelUnavailableException {
    return open(file, without, 0);
  }

  private static Kernel open(byte[] file, Set<WayKind> without, long slotsAt) throws KernelUnavailableException {
    if (!Files.isReadable(KERNEL_TYPES)) {
      throw new KernelUnavailableException("no BTF at " + KERNEL_TYPES + ", needs a kernel with CONFIG_DEBUG_INFO_BTF");
    }
    LibBpf bpf = new LibBpf(NativeCode.libbpf());
    LibC libc = new LibC();
    Hooks hooks = null;
    try {
      hooks = new Hooks(libc, bpf, file, PidNamespace.current(libc), without);
      Kernel kernel = new Kernel(libc, hooks, slotsAt);
      hooks = null;
      if (!anyAttached(kernel.statuses)) {
        kernel.close();
        throw KernelUnavailableException.none(kernel.statuses);
      }
      return kernel;
    } catch (BpfException e) {
      throw new KernelUnavailableException(e.getMessage(), e, hooks.refused(e));
    } catch (IOException | LinkageError e) {
      throw new KernelUnavailableException(e.getMessage(), e);
    } finally {
      if (hooks != null) {
        hooks.close();
      }
    }
  }

  /** The same for the first kernel part of this process. */
  public static Kernel open() throws KernelUnavailableException {
    return open(0);
  }

  private static boolean anyAttached(List<HookStatus> statuses) {
    for (HookStatus status : statuses) {
      if (status.attached()) {
        return true;
      }
    }
    return false;
  }

  static byte[] read(String resource) throws IOException {
    try (InputStream in = Kernel.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException(resource + " is not in the jar");
      }
      return in.readAllBytes();
    }
  }

  private static MappedMap map(LibC libc, BpfObject object, String name, long offset, long length, boolean writable)
      throws BpfException {
    return MappedMap.map(libc, object.mapDescriptor(name), offset, length, writable);
  }

  /**
   * The kernel's id of the calling thread in this PID namespace. Costs some microseconds: ask once a thread. Not by
   * native code of ours, whose library would keep memory for each thread that came through it.
   */
  public static int gettid() {
    return ThreadId.fromProc();
  }

  /** Unloads native code. When nothing of this package is used any more; there is no coming back. */
  public static void unload() {
    NativeCode.unload();
  }

  /** The version of the libbpf in the jar, e.g. {@code v1.1}. */
  public static String libbpfVersion() throws KernelUnavailableException {
    return new LibBpf(NativeCode.libbpf()).libbpf_version_string();
  }

  /** Each logical event, and how it is attached or why not. */
  public List<HookStatus> hooks() {
    return statuses;
  }

  /** What the kernel counted since the start. After {@link #close} what it was then. */
  public List<HookCounts> hookCounts() {
    return counters.read();
  }

  /** How many calls changed the address space, or may have, and were lost. Cheap enough for every round. */
  public long lostCalls() {
    return counters.lostCalls();
  }

  /** Reads the calls that no slot took. */
  public RingReader ring() {
    return ring;
  }

  /** Reads the page faults. */
  public FaultRows faults() {
    return faults;
  }

  /** From now on a page fault that blocks its thread at least so long comes through the ring as well. */
  public void sendFaultsFrom(Duration shortest) {
    state.buffer().putLong(Wire.State.FAULT_MIN_NS, shortest.toNanos());
  }

  /** Such page faults so far that did not come, because the ring's half for them was full. */
  public synchronized long slowFaultsRefused() {
    if (!closed) {
      slowRefused = Integer.toUnsignedLong(state.buffer().getInt(Wire.State.SLOW_REFUSED));
    }
    return slowRefused;
  }

  /** Whether a call is in progress that replaces what is mapped at an address. Its record is written before its end. */
  public synchronized boolean replacing() {
    return !closed && state.buffer().getInt(Wire.State.REPLACING) != 0;
  }

  /** The registry of the slots that the programs look at. */
  public ThreadSlots threadSlots() {
    return threadSlots;
  }

  /** Address of the first {@code struct mms_slot} of {@code Wire.Limit.SLOTS}. Mapped for as long as the process is. */
  public long slotsAddress() {
    return slots.address();
  }

  /** Address of the first of {@code Wire.Tids.SIZE} entries of 8 bytes. Mapped until {@link #close}. */
  public long tidsAddress() {
    return tids.address();
  }

  /**
   * Switches the programs off, at once, and has the kernel take them off, soon. The counts are final when the calls now
   * in progress have ended; the ring can still be read.
   */
  public synchronized void detach() {
    if (attached) {
      attached = false;
      state.buffer().putInt(Wire.State.HOST_TGID, Wire.HostTgid.NOBODY);
      hooks.detach();
    }
  }

  /**
   * Detaches, closes all descriptors and unmaps everything. At the slots' addresses plain memory stays: threads of the
   * application may still write there.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    detach();
    slowFaultsRefused();
    closed = true;
    counters.freeze();
    ring.close();
    faults.close();
    threadSlots.close();
    slots.replaceByMemory();
    mapped.forEach(MappedMap::unmap);
    hooks.close();
  }
}
