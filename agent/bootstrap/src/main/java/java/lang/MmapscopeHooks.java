package java.lang;

import io.mmapscope.agent.kernel.wire.Wire;

/**
 * What the woven advice calls: one static call at an operation's entry, one at its exit. Defined in java.base so that
 * the JDK's own classes can reach it; needs nothing but its neighbours.
 *
 * <p>An operation's state lives in a cell of native memory whose number is the token that advice keeps in a local
 * variable. So it stays with a virtual thread that changes its carrier, and nests without a stack of our own.
 *
 * <p>Nothing is ever thrown out of here. Nothing is allocated after a thread's first operation, no lock is taken and no
 * system call made.
 */
public final class MmapscopeHooks {

  /** Stands in a slot for an operation that found no cell: the kernel sends its calls through the ring. */
  public static final long DROPPED = Wire.Operation.DROPPED;

  // Ordinals of Operation.Kind.
  public static final int MAP = 0;
  public static final int UNMAP = 1;
  public static final int FORCE = 2;
  public static final int LOAD = 3;
  public static final int LIBRARY = 4;

  // Tokens: the agent's session in the upper half, in the lower a cell's number + 1, or -1.
  private static final long NONE = 0;
  private static final int REFUSED = -1;

  private static final ThreadLocal<MmapscopeThread> THREAD = carrierThreadLocal();
  /** The token of a virtual thread's operation in progress; platform threads have it in their slot. */
  private static final ThreadLocal<long[]> VIRTUAL = new ThreadLocal<>();
  private static final Class<?> VIRTUAL_THREAD = classOrNull("java.lang.BaseVirtualThread");
  /** Its thread unmaps the buffers that were collected. */
  private static final Class<?> REFERENCE_HANDLER = classOrNull("java.lang.ref.Reference$ReferenceHandler");
  private static final long THREAD_ID = MmapscopeMemory.offsetOf(Thread.class, "tid");

  private static boolean announcing;

  private MmapscopeHooks() {}

  /** Marks the current thread as the agent's own: it never records operations. */
  public static void ignoreThread(MmapscopeRuntime agent, int slot) {
    MmapscopeThread thread = stateOf(agent, slot);
    thread.quiet = true;
    THREAD.set(thread);
  }

  private static MmapscopeThread stateOf(MmapscopeRuntime agent, int slot) {
    return new MmapscopeThread(agent.session, slot < 0 ? 0 : agent.slots + (long) slot * Wire.Slot.SIZE);
  }

  /** The current thread's state, or null where it has none with this agent. */
  static MmapscopeThread thread(MmapscopeRuntime agent) {
    MmapscopeThread thread = THREAD.get();
    return thread != null && thread.session == agent.session ? thread : null;
  }

  /**
   * Begins an operation on the current thread.
   *
   * @param kind one of the constants above
   * @param library number of the method in the setting {@code operations}, for {@link #LIBRARY}
   * @return the token to end it with
   */
  public static long enter(int kind, int library) {
    MmapscopeRuntime agent = MmapscopeGate.open;
    if (agent == null) {
      return NONE;
    }
    try {
      return isVirtual() ? enterPinned(agent, kind, library) : enter(agent, kind, library, false);
    } catch (Throwable failure) {
      agent.failed(failure);
      return NONE;
    }
  }

  private static long enterPinned(MmapscopeRuntime agent, int kind, int library) throws Throwable {
    MmapscopeVirtual.pin();
    try {
      return enter(agent, kind, library, true);
    } finally {
      MmapscopeVirtual.unpin();
    }
  }

  private static long enter(MmapscopeRuntime agent, int kind, int library, boolean virtual) throws Throwable {
    MmapscopeThread thread = thread(agent);
    if (thread == null) {
      thread = register(agent, virtual);
    }
    return thread.quiet ? NONE : begin(agent, thread, kind, library, virtual);
  }

  static boolean isVirtual() {
    return VIRTUAL_THREAD != null && VIRTUAL_THREAD.isInstance(Thread.currentThread());
  }

  /**
   * Says which call site calls a method of the JDK next. Woven into the application right before the call, so that the
   * stack need not be walked: that takes 0.7 µs and 670 bytes. The method called is the JDK's own, and ends with {@link
   * #left}, so what is said here is true for the length of the call and no longer.
   *
   * @param receiver the object called; where it is not the JDK's, what it does is not known, and nothing is said
   */
  public static void at(Object receiver, int callSite) {
    MmapscopeThread thread = announcing ? THREAD.get() : null;
    // A virtual thread may leave its carrier within the call, and another would find this.
    if (thread != null && !isVirtual()) {
      boolean jdk = receiver != null && receiver.getClass().getClassLoader0() == null;
      thread.callSite = jdk ? callSite : 0;
    }
  }

  /** Ends what {@link #at} said: woven into the end of the JDK's methods. */
  public static void left() {
    MmapscopeThread thread = announcing ? THREAD.get() : null;
    if (thread != null) {
      thread.callSite = 0;
    }
  }

  /** Lets {@link #at} speak: the JDK's methods have {@link #left} in them. */
  public static void announce() {
    announcing = true;
  }

  static void silence() {
    announcing = false;
  }

  /** The state of the platform thread that runs the current one, made where there is none; null where it cannot be. */
  static MmapscopeThread threadOrNew(MmapscopeRuntime agent) {
    MmapscopeThread thread = thread(agent);
    return thread != null ? thread : registered(agent);
  }

  private static MmapscopeThread registered(MmapscopeRuntime agent) {
    try {
      if (!isVirtual()) {
        return register(agent, false);
      }
      MmapscopeVirtual.pin();
      try {
        return register(agent, true);
      } finally {
        MmapscopeVirtual.unpin();
      }
    } catch (Throwable failure) {
      agent.failed(failure);
      return null;
    }
  }

  private static MmapscopeThread register(MmapscopeRuntime agent, boolean virtual) throws Throwable {
    // Quiet while it registers: that work must not record itself.
    MmapscopeThread preliminary = stateOf(agent, -1);
    preliminary.quiet = true;
    THREAD.set(preliminary);
    MmapscopeThread thread = preliminary;
    try {
      Thread carrier = virtual ? MmapscopeVirtual.carrier() : Thread.currentThread();
      thread = stateOf(agent, agent.registerThread(carrier));
      thread.jdks = carrier.getClass() == REFERENCE_HANDLER;
    } finally {
      THREAD.set(thread);
    }
    return thread;
  }

  private static long begin(
      MmapscopeRuntime agent, MmapscopeThread thread, int kind, int library, boolean virtual) {
    MmapscopeCells cells = agent.cells;
    int cell = cells.take();
    if (cell < 0) {
      return refuse(agent, thread, virtual);
    }
    long address = cells.address(cell);
    cells.begin(cell, agent.session);
    MmapscopeMemory.putInt(address + MmapscopeCells.KIND, kind);
    MmapscopeMemory.putInt(address + MmapscopeCells.LIBRARY, library);
    MmapscopeMemory.putLong(address + MmapscopeCells.THREAD_ID, MmapscopeMemory.getLong(Thread.currentThread(), THREAD_ID));
    int callSite = kind == LIBRARY ? agent.callSite(1) : thread.callSite;
    if (callSite == 0 && !thread.jdks) {
      callSite = agent.callSite(0);
    }
    MmapscopeMemory.putInt(address + MmapscopeCells.CALL_SITE, callSite);
    thread.quiet = true;
    try {
      int flags = agent.trace(thread, address + MmapscopeCells.TRACE_HIGH);
      MmapscopeMemory.putInt(address + MmapscopeCells.FLAGS, flags);
    } finally {
      thread.quiet = false;
    }
    if (!virtual || kind == FORCE || kind == LOAD) {
      // A virtual thread cannot leave its carrier inside force and load: one native call, no lock.
      MmapscopeSlot.attach(cells, thread.slot, cell);
      if (kind == LIBRARY) {
        MmapscopeSlot.unsettle(thread.slot);
      }
    } else if (kind != LIBRARY) {
      virtualToken()[0] = MmapscopeGate.token(agent, cell + 1);
    }
    MmapscopeMemory.putLong(address + MmapscopeCells.START_NANOS, System.nanoTime());
    return MmapscopeGate.token(agent, cell + 1);
  }

  private static long refuse(MmapscopeRuntime agent, MmapscopeThread thread, boolean virtual) {
    agent.cells.countRefused();
    if (virtual || thread.slot == 0 || MmapscopeMemory.getLong(thread.slot + Wire.Slot.OPERATION) != 0) {
      return NONE;
    }
    MmapscopeMemory.putLongOpaque(thread.slot + Wire.Slot.OPERATION, DROPPED);
    return MmapscopeGate.token(agent, REFUSED);
  }

  /** Ends an operation. Arguments are as in {@code model.Operation}; the path may be relative. */
  public static void exit(
      long token, String path, long address, long length, long offset, int mode, Throwable failure) {
    if (token == NONE) {
      return;
    }
    MmapscopeRuntime agent = MmapscopeGate.agentOf(token);
    try {
      if (agent == null) {
        MmapscopeGate.abandon(token);
        return;
      }
      MmapscopeThread thread = thread(agent);
      if ((int) token == REFUSED) {
        MmapscopeMemory.putLongOpaque(thread.slot + Wire.Slot.OPERATION, 0);
        return;
      }
      end(agent, thread, (int) token - 1, path, address, length, offset, mode, failure);
    } catch (Throwable failed) {
      if (agent != null) {
        agent.failed(failed);
      }
    }
  }

  private static void end(
      MmapscopeRuntime agent,
      MmapscopeThread thread,
      int cell,
      String path,
      long start,
      long length,
      long offset,
      int mode,
      Throwable failure) {
    MmapscopeCells cells = agent.cells;
    long endNanos = System.nanoTime();
    long address = cells.address(cell);
    MmapscopeMemory.putLong(address + MmapscopeCells.END_NANOS, endNanos);
    boolean detached = thread == null || MmapscopeSlot.detach(cells, thread.slot, cell);
    if (!detached && !isVirtual()) {
      MmapscopeSlot.abandon(cells, thread.slot, cell);
    }
    Thread current = Thread.currentThread();
    if (isVirtual()) {
      long[] virtual = VIRTUAL.get();
      if (virtual != null) {
        virtual[0] = NONE;
      }
    }
    MmapscopeMemory.putLong(address + MmapscopeCells.ADDRESS, start);
    MmapscopeMemory.putLong(address + MmapscopeCells.LENGTH, length);
    MmapscopeMemory.putLong(address + MmapscopeCells.OFFSET, offset);
    MmapscopeMemory.putInt(address + MmapscopeCells.MODE, mode);
    cells.reference(cell, MmapscopeCells.PATH, path);
    cells.reference(cell, MmapscopeCells.THREAD_NAME, current.getName());
    cells.reference(cell, MmapscopeCells.FAILURE, failure == null ? null : failure.getClass().getName());
    long duration = endNanos - MmapscopeMemory.getLong(address + MmapscopeCells.START_NANOS);
    Object stack = agent.stack(duration, MmapscopeMemory.getInt(address + MmapscopeCells.FLAGS));
    if (stack != null) {
      cells.reference(cell, MmapscopeCells.STACK, stack);
    }
    cells.finish(cell);
    if (thread != null) {
      MmapscopeSlot.settle(thread.slot);
    }
  }

  /**
   * Begins the native part of a map or unmap on a virtual thread. Between the operation's entry and here it may have
   * changed its carrier, and may again afterwards; in between, in one native call, it cannot.
   */
  public static long enterNative() {
    MmapscopeRuntime agent = MmapscopeGate.open;
    if (agent == null || !isVirtual()) {
      return NONE;
    }
    try {
      long[] virtual = VIRTUAL.get();
      if (virtual == null || virtual[0] == NONE || MmapscopeGate.agentOf(virtual[0]) != agent) {
        return NONE;
      }
      MmapscopeVirtual.pin();
      try {
        MmapscopeThread thread = thread(agent);
        if (thread == null) {
          thread = register(agent, true);
        }
        MmapscopeSlot.attach(agent.cells, thread.slot, (int) virtual[0] - 1);
      } finally {
        MmapscopeVirtual.unpin();
      }
      return virtual[0];
    } catch (Throwable failure) {
      agent.failed(failure);
      return NONE;
    }
  }

  /** Ends what {@link #enterNative} began. */
  public static void exitNative(long token) {
    if (token == NONE) {
      return;
    }
    MmapscopeRuntime agent = MmapscopeGate.agentOf(token);
    if (agent == null) {
      return;
    }
    try {
      MmapscopeThread thread = thread(agent);
      if (thread != null) {
        MmapscopeSlot.detach(agent.cells, thread.slot, (int) token - 1);
      }
    } catch (Throwable failure) {
      agent.failed(failure);
    }
  }

  private static long[] virtualToken() {
    long[] token = VIRTUAL.get();
    if (token == null) {
      token = new long[1];
      VIRTUAL.set(token);
    }
    return token;
  }

  private static Class<?> classOrNull(String name) {
    try {
      return Class.forName(name, false, null);
    } catch (ClassNotFoundException notInThisJdk) {
      return null;
    }
  }

  /** A thread local of the carrier, where threads have carriers (JDK 21 and later). */
  @SuppressWarnings("unchecked")
  private static ThreadLocal<MmapscopeThread> carrierThreadLocal() {
    try {
      return (ThreadLocal<MmapscopeThread>)
          Class.forName("jdk.internal.misc.CarrierThreadLocal", false, null).getConstructor().newInstance();
    } catch (ReflectiveOperationException beforeJdk21) {
      return new ThreadLocal<>();
    }
  }
}
