package io.mmapscope.demo;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;

/** Unmaps a buffer at once rather than at some garbage collection, as libraries on JDK 17 do. */
final class Unmap {

  private static final MethodHandle INVOKE_CLEANER = invokeCleaner();

  private Unmap() {}

  /** Unmaps the buffer. Any later access to it, or to a slice of it, ends the process. */
  static void now(MappedByteBuffer buffer) {
    try {
      INVOKE_CLEANER.invokeExact((ByteBuffer) buffer);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("sun.misc.Unsafe.invokeCleaner", e);
    }
  }

  private static MethodHandle invokeCleaner() {
    try {
      Class<?> unsafe = Class.forName("sun.misc.Unsafe");
      var field = unsafe.getDeclaredField("theUnsafe");
      field.setAccessible(true);
      return MethodHandles.lookup()
          .findVirtual(unsafe, "invokeCleaner", MethodType.methodType(void.class, ByteBuffer.class))
          .bindTo(field.get(null));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
