package io.mmapscope.benchmarks.program;

import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import sun.misc.Unsafe;

/** Gives a buffer's memory back at once, as libraries do. */
final class Unmapping {

  static final Unsafe UNSAFE = unsafe();

  private Unmapping() {}

  /** After this nobody may touch it. */
  static void clean(ByteBuffer buffer) {
    UNSAFE.invokeCleaner(buffer);
  }

  private static Unsafe unsafe() {
    try {
      Field field = Unsafe.class.getDeclaredField("theUnsafe");
      field.setAccessible(true);
      return (Unsafe) field.get(null);
    } catch (ReflectiveOperationException notThisJdk) {
      throw new IllegalStateException("no sun.misc.Unsafe", notThisJdk);
    }
  }
}
