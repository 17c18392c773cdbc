package io.mmapscope.e2e.programs;

import io.mmapscope.agent.kernel.wire.Wire;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** What a page fault on the current thread would find in its slot, read from the agent's classes in java.base. */
final class Slot {

  private static final MethodHandle ADDRESS = method("MmapscopeContexts", "slot", MethodType.methodType(long.class));
  private static final MethodHandle GET =
      method("MmapscopeMemory", "getLong", MethodType.methodType(long.class, long.class));
  private static final MethodHandle GET_INT =
      method("MmapscopeMemory", "getInt", MethodType.methodType(int.class, long.class));

  private Slot() {}

  private static MethodHandle method(String type, String name, MethodType methodType) {
    try {
      return MethodHandles.publicLookup().findStatic(Class.forName("java.lang." + type), name, methodType);
    } catch (ReflectiveOperationException withoutAgent) {
      throw new IllegalStateException(withoutAgent);
    }
  }

  /** {@code trace id-span id}, {@code none}, or {@code unknown} where the thread is left out. */
  static String read() {
    try {
      long slot = (long) ADDRESS.invokeExact();
      if (slot == 0) {
        throw new IllegalStateException("no slot");
      }
      int flags = (int) GET_INT.invokeExact(slot + Wire.Slot.FLAGS);
      long high = (long) GET.invokeExact(slot + Wire.Slot.TRACE_HIGH);
      long low = (long) GET.invokeExact(slot + Wire.Slot.TRACE_LOW);
      long span = (long) GET.invokeExact(slot + Wire.Slot.SPAN);
      if ((flags & Wire.SlotFlag.CARRIER) != 0) {
        return "unknown";
      }
      return span == 0 ? "none" : String.format("%016x%016x-%016x", high, low, span);
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }
}
