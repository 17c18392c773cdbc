package io.mmapscope.agent.instrument;

import net.bytebuddy.asm.Advice;

/** Woven into {@code FileChannelImpl$Unmapper.unmap()}: cleaner, {@code invokeCleaner} and {@code Arena.close}. */
final class UnmapAdvice {

  @Advice.OnMethodEnter
  static long enter(
      @Advice.FieldValue("address") long address,
      @Advice.FieldValue("pagePosition") int pagePosition,
      @Advice.Local("start") long start) {
    // JDK 17 clears the field when it has unmapped; a second call does nothing and is no operation.
    start = address + pagePosition;
    return address == 0 ? 0 : MmapscopeHooks.enter(MmapscopeHooks.UNMAP, 0);
  }

  @Advice.OnMethodExit(onThrowable = Throwable.class)
  static void exit(
      @Advice.Enter long token,
      @Advice.Local("start") long start,
      @Advice.FieldValue("cap") long length,
      @Advice.Thrown Throwable failure) {
    MmapscopeHooks.exit(token, null, start, length, -1, -1, failure);
  }
}
