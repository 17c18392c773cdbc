package io.mmapscope.agent.instrument;

import net.bytebuddy.asm.Advice;

/** Woven into {@code MappedMemoryUtils.load(long, boolean, long)}. */
final class LoadAdvice {

  @Advice.OnMethodEnter
  static long enter() {
    return MmapscopeHooks.enter(MmapscopeHooks.LOAD, 0);
  }

  @Advice.OnMethodExit(onThrowable = Throwable.class)
  static void exit(
      @Advice.Enter long token,
      @Advice.Argument(0) long address,
      @Advice.Argument(2) long length,
      @Advice.Thrown Throwable failure) {
    MmapscopeHooks.exit(token, null, address, length, -1, -1, failure);
  }
}
