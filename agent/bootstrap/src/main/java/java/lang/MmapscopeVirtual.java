package java.lang;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * What only virtual threads need (JDK 21 and later), by method handles because this is compiled for 17. Initialised by
 * the first operation on a virtual thread.
 */
final class MmapscopeVirtual {

  private static final MethodHandle CARRIER = find(Thread.class, "currentCarrierThread", Thread.class);
  private static final MethodHandle PIN = find(continuation(), "pin", void.class);
  private static final MethodHandle UNPIN = find(continuation(), "unpin", void.class);

  private MmapscopeVirtual() {}

  /** The platform thread that runs the current one: a slot is its, and lives as long as it does. */
  static Thread carrier() throws Throwable {
    return (Thread) CARRIER.invokeExact();
  }

  /**
   * Keeps the current virtual thread on its carrier until {@link #unpin}: for the agent's own work in between, which
   * reads and writes the carrier's state and may meet a monitor. All who take that monitor are pinned likewise, so none
   * waits for one that is off its carrier.
   */
  static void pin() throws Throwable {
    PIN.invokeExact();
  }

  static void unpin() throws Throwable {
    UNPIN.invokeExact();
  }

  private static Class<?> continuation() {
    try {
      return Class.forName("jdk.internal.vm.Continuation", false, null);
    } catch (ClassNotFoundException changed) {
      throw new NoClassDefFoundError(changed.getMessage());
    }
  }

  private static MethodHandle find(Class<?> type, String name, Class<?> result) {
    try {
      return MethodHandles.lookup().findStatic(type, name, MethodType.methodType(result));
    } catch (ReflectiveOperationException changed) {
      throw new NoSuchMethodError(changed.getMessage());
    }
  }
}
