package java.lang;

import io.mmapscope.agent.kernel.wire.Wire;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * The trace contexts of virtual threads (JDK 21 and later). The kernel knows only the carrier, so the carrier's slot
 * has the context of the virtual thread that is mounted: put there before each mount and taken out after each unmount,
 * by calls woven into {@code VirtualThread.runContinuation()}. A virtual thread whose mount was not seen is left out.
 */
public final class MmapscopeMounts {

  /** A virtual thread's own. It goes when the thread goes. */
  private static final ThreadLocal<MmapscopeContext> CONTEXT = new ThreadLocal<>();

  private static final MethodHandle ENTRY = entry();

  private MmapscopeMounts() {}

  private static MethodHandle entry() {
    Class<?> map = ThreadLocal.ThreadLocalMap.class;
    try {
      return MethodHandles.privateLookupIn(map, MethodHandles.lookup())
          .findVirtual(map, "getEntry", MethodType.methodType(ThreadLocal.ThreadLocalMap.Entry.class, ThreadLocal.class));
    } catch (ReflectiveOperationException changed) {
      throw new NoSuchMethodError(changed.getMessage());
    }
  }

  /** Gets all ready that {@link #mount} needs, before it is woven. */
  public static void prepare() throws Throwable {
    of(Thread.currentThread());
  }

  /**
   * A virtual thread is about to be mounted on the current thread. Nobody else runs it now: it is said to be running
   * already, by the current thread.
   */
  public static void mount(Thread virtual) {
    MmapscopeRuntime agent = MmapscopeGate.open;
    if (agent == null || !agent.followsContexts) {
      return;
    }
    try {
      MmapscopeThread carrier = MmapscopeHooks.threadOrNew(agent);
      if (carrier == null) {
        return;
      }
      carrier.mounted = true;
      if (carrier.slot != 0) {
        show(of(virtual), carrier);
        takeIn(carrier.slot);
      }
    } catch (Throwable failure) {
      agent.failed(failure);
    }
  }

  /** It was unmounted, and the carrier is on its own again. */
  public static void unmount() {
    MmapscopeRuntime agent = MmapscopeGate.open;
    try {
      MmapscopeThread carrier = agent == null ? null : MmapscopeHooks.thread(agent);
      if (carrier != null && carrier.mounted) {
        carrier.mounted = false;
        if (carrier.slot != 0) {
          show(carrier.context, carrier);
        }
      }
    } catch (Throwable failure) {
      agent.failed(failure);
    }
  }

  private static void show(MmapscopeContext context, MmapscopeThread carrier) {
    MmapscopeContext.clear(carrier.slot);
    if (context != null && context.session == carrier.session) {
      context.write(carrier.slot);
    }
  }

  private static MmapscopeContext of(Thread virtual) throws Throwable {
    ThreadLocal.ThreadLocalMap map = CONTEXT.getMap(virtual);
    if (map == null) {
      return null;
    }
    ThreadLocal.ThreadLocalMap.Entry entry =
        (ThreadLocal.ThreadLocalMap.Entry) ENTRY.invokeExact(map, (ThreadLocal<?>) CONTEXT);
    return entry == null ? null : (MmapscopeContext) entry.value;
  }

  /** As {@link MmapscopeContexts#begin}, on a virtual thread. */
  static MmapscopeContext begin(MmapscopeThread carrier, int copy) {
    MmapscopeContext state = context(carrier.session);
    if (state == null || !state.begin(copy)) {
      return null;
    }
    if (carrier.slot != 0) {
      MmapscopeContext.clear(carrier.slot);
    }
    return state;
  }

  private static MmapscopeContext context(int session) {
    try {
      MmapscopeContext state = CONTEXT.get();
      if (state == null || state.session != session) {
        state = new MmapscopeContext(session, 0);
        CONTEXT.set(state);
      }
      return state;
    } catch (Throwable noMemory) {
      return null;
    }
  }

  /** As {@link MmapscopeContexts#end}: by now it may be on another carrier than where it began. From here on it stays. */
  static void end(MmapscopeContext state, MmapscopeThread carrier) {
    if (carrier == null || carrier.slot == 0) {
      return;
    }
    if (carrier.mounted) {
      MmapscopeContext.clear(carrier.slot);
      state.write(carrier.slot);
    } else {
      leaveOut(carrier.slot);
    }
  }

  private static void leaveOut(long slot) {
    MmapscopeContext.clear(slot);
    int flags = MmapscopeMemory.getInt(slot + Wire.Slot.FLAGS);
    MmapscopeMemory.putInt(slot + Wire.Slot.FLAGS, flags | Wire.SlotFlag.CARRIER);
  }

  private static void takeIn(long slot) {
    int flags = MmapscopeMemory.getInt(slot + Wire.Slot.FLAGS);
    if ((flags & Wire.SlotFlag.CARRIER) != 0) {
      MmapscopeMemory.putInt(slot + Wire.Slot.FLAGS, flags & ~Wire.SlotFlag.CARRIER);
    }
  }
}
