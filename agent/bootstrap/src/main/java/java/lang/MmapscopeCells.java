package java.lang;

import io.mmapscope.agent.kernel.wire.Wire;

/**
 * The queue between application threads and the agent's thread: fixed cells of native memory, taken at an operation's
 * entry and handed over at its exit, without allocation and without a lock.
 *
 * <pre>
 *   free ──take──► the operation fills it ──finish──► done ──takeDone──► the agent's thread reads it ──release──► free
 * </pre>
 *
 * Both lists are Treiber stacks of cell numbers. Last in, first out on purpose: only as many cells are ever touched as
 * were in use at once, so a queue of 65,536 costs memory only where the agent's thread fell behind. The free list's head
 * carries a version, because a cell that is taken, released and taken again must not be mistaken for itself (ABA); the
 * done list is only ever pushed to or taken whole.
 *
 * <p>A cell of 512 bytes: a header, then two system calls of {@link #CALL_BYTES}. An operation with more calls chains
 * further cells by {@link #MORE}.
 */
public final class MmapscopeCells {

  public static final int CELL_BYTES = 512;
  public static final int CALL_BYTES = Wire.Call.SIZE;
  public static final int CALLS_PER_CELL = 2;

  // Offsets in a cell. Link fields hold a cell's number + 1, 0 for none.
  static final int NEXT = 0;
  public static final int MORE = 4;
  public static final int OPERATION = 8;
  public static final int KIND = 16;
  public static final int LIBRARY = 20;
  public static final int START_NANOS = 24;
  public static final int END_NANOS = 32;
  public static final int THREAD_ID = 40;
  public static final int CALL_SITE = 48;
  public static final int FLAGS = 52;
  public static final int TRACE_HIGH = 56;
  public static final int TRACE_LOW = 64;
  public static final int SPAN = 72;
  public static final int ADDRESS = 80;
  public static final int LENGTH = 88;
  public static final int OFFSET = 96;
  public static final int MODE = 104;
  /** Calls copied into this cell's own {@link #CALLS}. */
  public static final int STORED = 108;
  /** Kernel calls of the operation, however many have details. */
  public static final int COUNT = 112;
  public static final int CALL_NANOS = 120;
  public static final int OVERFLOWED = 128;
  public static final int FAULTS_MINOR = 136;
  public static final int FAULTS_MAJOR = 144;
  public static final int FAULTS_NANOS = 152;
  static final int OUTER = 160;
  static final int GENERATION = 168;
  /** Last cell of the chain that begins here. */
  static final int TAIL = 176;
  /** Whose operation it is: {@link MmapscopeRuntime#session}; 0 in a cell that only has more calls. */
  public static final int SESSION = 180;
  public static final int CALLS = 256;

  // Bits of FLAGS.
  public static final int TRACED = 1;
  public static final int SAMPLED = 2;
  /** The thread's slot was attached for the operation: its kernel part is known. */
  public static final int KERNEL = 4;
  /** A kernel call's details found no cell. */
  public static final int DETAILS_LOST = 8;

  // References that travel beside a cell.
  public static final int PATH = 0;
  public static final int THREAD_NAME = 1;
  public static final int FAILURE = 2;
  public static final int STACK = 3;
  private static final int REFERENCES = 4;

  /** Operation numbers keep their cell in the low bits, so that an outer operation is found again. */
  private static final int CELL_BITS = 24;

  /** The largest queue. */
  public static final int MAX_CELLS = (1 << CELL_BITS) - 4;

  private final int capacity;
  private final long cells;
  /** Null while there is no agent, so that nothing of one, and of the application's, is kept alive. */
  private Object[] references;
  /** Cells that may be touched. */
  private int limit;
  private int session;
  // Each on a cache line of its own.
  private final long free;
  private final long fresh;
  private final long done;
  private final long refused;
  private final long memoryRefused;

  MmapscopeCells(int capacity) {
    this.capacity = capacity;
    this.cells = MmapscopeMemory.reserve((long) capacity * CELL_BYTES);
    long control = MmapscopeMemory.reserve(6 * 128);
    MmapscopeMemory.clear(control, 6 * 128);
    this.free = control + 128;
    this.fresh = control + 256;
    this.done = control + 384;
    this.refused = control + 512;
    this.memoryRefused = control + 640;
  }

  int capacity() {
    return capacity;
  }

  /** For an agent that comes. What the one before left unread is given back unread. */
  void open(int agent, int cellsWanted) {
    session = agent;
    limit = cellsWanted;
    references = new Object[capacity * REFERENCES];
    MmapscopeMemory.getAndSet(refused, 0);
    MmapscopeMemory.getAndSet(memoryRefused, 0);
    dropDone();
  }

  /** For an agent that leaves. Operations in progress keep their cells until they end. */
  void close() {
    references = null;
    dropDone();
  }

  private void dropDone() {
    for (int cell = takeDone(); cell >= 0; ) {
      int next = next(cell);
      release(cell);
      cell = next;
    }
  }

  /** Returns true for a finished cell of the agent that is there now; another's tells of what this one cannot know. */
  public boolean isCurrent(int cell) {
    return MmapscopeMemory.getInt(address(cell) + SESSION) == session;
  }

  /** Operations of the agent that are in progress. Slow: looks at each cell that was ever used. */
  public int inProgress() {
    int found = 0;
    long used = Math.min(MmapscopeMemory.getLongVolatile(fresh), capacity);
    for (int cell = 0; cell < used; cell++) {
      if (MmapscopeMemory.getInt(address(cell) + SESSION) == session
          && MmapscopeMemory.getLong(address(cell) + END_NANOS) == 0) {
        found++;
      }
    }
    return found;
  }

  public long address(int cell) {
    return cells + (long) cell * CELL_BYTES;
  }

  public Object reference(int cell, int which) {
    Object[] all = references;
    return all == null ? null : all[cell * REFERENCES + which];
  }

  /** Stores only what is new: a cell comes back to the same thread and file, and a store costs the collector's barrier. */
  void reference(int cell, int which, Object value) {
    Object[] all = references;
    int at = cell * REFERENCES + which;
    if (all != null && all[at] != value) {
      all[at] = value;
    }
  }

  /** Operations that found no cell so far. */
  public long refused() {
    return MmapscopeMemory.getLongVolatile(refused);
  }

  void countRefused() {
    MmapscopeMemory.getAndAdd(refused, 1);
  }

  /** Allocations and releases of direct memory that were not told so far. */
  public long memoryRefused() {
    return MmapscopeMemory.getLongVolatile(memoryRefused);
  }

  void countMemoryRefused() {
    MmapscopeMemory.getAndAdd(memoryRefused, 1);
  }

  /** A cell whose header is zero but for its operation number, or -1 where all are in use. */
  int take() {
    int cell = pop();
    if (cell < 0) {
      if (MmapscopeMemory.getLongVolatile(fresh) >= limit) {
        return -1;
      }
      cell = (int) Math.min(MmapscopeMemory.getAndAdd(fresh, 1), Integer.MAX_VALUE);
      if (cell >= capacity) {
        return -1;
      }
      MmapscopeMemory.clear(address(cell), CALLS);
    }
    return cell;
  }

  private int pop() {
    while (true) {
      long head = MmapscopeMemory.getLongVolatile(free);
      int cell = (int) head - 1;
      if (cell < 0) {
        return -1;
      }
      int next = MmapscopeMemory.getInt(address(cell) + NEXT);
      long replacement = ((head >>> 32) + 1) << 32 | next;
      if (MmapscopeMemory.compareAndSet(free, head, replacement)) {
        return cell;
      }
    }
  }

  /** Starts a cell for an operation and returns the operation's number, unlike any other in flight and above 1. */
  long begin(int cell, int session) {
    long address = address(cell);
    long generation = MmapscopeMemory.getLong(address + GENERATION) + 1;
    reset(address);
    MmapscopeMemory.putInt(address + SESSION, session);
    MmapscopeMemory.putLong(address + END_NANOS, 0);
    MmapscopeMemory.putLong(address + GENERATION, generation);
    MmapscopeMemory.putInt(address + TAIL, cell + 1);
    long operation = generation << CELL_BITS | cell + 2;
    MmapscopeMemory.putLong(address + OPERATION, operation);
    return operation;
  }

  /** Zeroes what is added to or only set sometimes. Store by store: filling memory is a call out of Java before JDK 23. */
  private static void reset(long address) {
    MmapscopeMemory.putInt(address + MORE, 0);
    MmapscopeMemory.putInt(address + FLAGS, 0);
    MmapscopeMemory.putInt(address + STORED, 0);
    MmapscopeMemory.putInt(address + SESSION, 0);
    for (int offset = COUNT; offset <= OUTER; offset += Long.BYTES) {
      MmapscopeMemory.putLong(address + offset, 0);
    }
  }

  /** The cell of an operation number given by {@link #begin}. */
  static int cellOf(long operation) {
    return (int) (operation & (1 << CELL_BITS) - 1) - 2;
  }

  /** Appends one system call to an operation's chain. */
  void append(int cell, long call) {
    int tail = MmapscopeMemory.getInt(address(cell) + TAIL) - 1;
    int stored = MmapscopeMemory.getInt(address(tail) + STORED);
    if (stored == CALLS_PER_CELL) {
      int more = take();
      if (more < 0) {
        long flags = address(cell) + FLAGS;
        MmapscopeMemory.putInt(flags, MmapscopeMemory.getInt(flags) | DETAILS_LOST);
        return;
      }
      reset(address(more));
      MmapscopeMemory.putInt(address(tail) + MORE, more + 1);
      MmapscopeMemory.putInt(address(cell) + TAIL, more + 1);
      tail = more;
      stored = 0;
    }
    MmapscopeMemory.copy(call, address(tail) + CALLS + (long) stored * CALL_BYTES, CALL_BYTES);
    MmapscopeMemory.putInt(address(tail) + STORED, stored + 1);
  }

  /** Hands a finished cell to the agent's thread. */
  void finish(int cell) {
    while (true) {
      long head = MmapscopeMemory.getLongVolatile(done);
      MmapscopeMemory.putInt(address(cell) + NEXT, (int) head);
      if (MmapscopeMemory.compareAndSet(done, head, cell + 1)) {
        return;
      }
    }
  }

  /** Takes all finished cells, newest first: the first one's number, or -1. Follow with {@link #next}. */
  public int takeDone() {
    if (MmapscopeMemory.getLongVolatile(done) == 0) {
      return -1;
    }
    return (int) MmapscopeMemory.getAndSet(done, 0) - 1;
  }

  /** The cell behind this one in what {@link #takeDone} gave, or -1. */
  public int next(int cell) {
    return MmapscopeMemory.getInt(address(cell) + NEXT) - 1;
  }

  /** Puts another cell, or -1 for none, behind one that {@link #takeDone} gave. */
  public void link(int cell, int next) {
    MmapscopeMemory.putInt(address(cell) + NEXT, next + 1);
  }

  /** The next cell of the same operation, or -1. */
  public int more(int cell) {
    return MmapscopeMemory.getInt(address(cell) + MORE) - 1;
  }

  /** Gives a cell that was read, and its chain, back. */
  public void release(int cell) {
    for (int current = cell; current >= 0; ) {
      int more = more(current);
      // Names and paths may stay until the next of their kind; a stack is too large for that.
      reference(current, STACK, null);
      push(current);
      current = more;
    }
  }

  private void push(int cell) {
    while (true) {
      long head = MmapscopeMemory.getLongVolatile(free);
      MmapscopeMemory.putInt(address(cell) + NEXT, (int) head);
      if (MmapscopeMemory.compareAndSet(free, head, ((head >>> 32) + 1) << 32 | cell + 1)) {
        return;
      }
    }
  }
}
