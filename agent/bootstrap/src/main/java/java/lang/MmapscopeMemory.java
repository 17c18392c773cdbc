package java.lang;

import jdk.internal.misc.Unsafe;

/**
 * Plain access to native memory, for the hot path and for the agent's own thread. No bounds are checked: callers are
 * the agent's own classes, which get their addresses from {@link MmapscopeCells} and from the mapped thread slots.
 */
public final class MmapscopeMemory {

  private static final Unsafe U = Unsafe.getUnsafe();

  private MmapscopeMemory() {}

  /** Reserves zeroed memory for the life of the process; the system gives pages only as they are touched. */
  public static long reserve(long bytes) {
    // malloc of this size is an anonymous mapping, zero by definition; clearing it would touch every page.
    return U.allocateMemory(bytes);
  }

  public static void clear(long address, long bytes) {
    U.setMemory(null, address, bytes, (byte) 0);
  }

  public static int getInt(long address) {
    return U.getInt(null, address);
  }

  public static void putInt(long address, int value) {
    U.putInt(null, address, value);
  }

  public static long getLong(long address) {
    return U.getLong(null, address);
  }

  public static void putLong(long address, long value) {
    U.putLong(null, address, value);
  }

  /** Reads what the kernel, or another thread, may have written since: never kept in a register. */
  public static long getLongOpaque(long address) {
    return U.getLongOpaque(null, address);
  }

  /** Stores so that no later access of this thread moves before it and no earlier one after it. */
  public static void putLongOpaque(long address, long value) {
    U.putLongOpaque(null, address, value);
  }

  static long getLongVolatile(long address) {
    return U.getLongVolatile(null, address);
  }

  static boolean compareAndSet(long address, long expected, long value) {
    return U.compareAndSetLong(null, address, expected, value);
  }

  static long getAndSet(long address, long value) {
    return U.getAndSetLong(null, address, value);
  }

  static long getAndAdd(long address, long delta) {
    return U.getAndAddLong(null, address, delta);
  }

  static void copy(long from, long to, long bytes) {
    U.copyMemory(from, to, bytes);
  }

  /** Returns true where the class is initialised, and does not initialise it. */
  public static boolean isInitialized(Class<?> type) {
    return !U.shouldBeInitialized(type);
  }

  static long offsetOf(Class<?> type, String field) {
    return U.objectFieldOffset(type, field);
  }

  static long getLong(Object object, long offset) {
    return U.getLong(object, offset);
  }
}
