package io.mmapscope.e2e.programs;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import sun.misc.Unsafe;

/** What buffers do not tell. Needs {@code --add-opens=java.base/java.nio=ALL-UNNAMED}. */
final class Buffers {

  /** For {@code invokeCleaner}, to be called directly: the call's line is what is looked at. */
  static final Unsafe UNSAFE = unsafe();

  private static final VarHandle ADDRESS = address();

  private Buffers() {}

  /** Address of the buffer's first byte. */
  static long addressOf(ByteBuffer buffer) {
    return (long) ADDRESS.get((Buffer) buffer);
  }

  private static Unsafe unsafe() {
    try {
      var field = Unsafe.class.getDeclaredField("theUnsafe");
      field.setAccessible(true);
      return (Unsafe) field.get(null);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static VarHandle address() {
    try {
      return MethodHandles.privateLookupIn(Buffer.class, MethodHandles.lookup())
          .findVarHandle(Buffer.class, "address", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
