package io.mmapscope.agent.instrument;

import net.bytebuddy.asm.Advice;

/** Woven into {@code MappedMemoryUtils.force(FileDescriptor, long, boolean, long, long)}. */
final class ForceAdvice {

  @Advice.OnMethodEnter
  static long enter() {
    return MmapscopeHooks.enter(MmapscopeHooks.FORCE, 0);
  }

  @Advice.OnMethodExit(onThrowable = Throwable.class)
  static void exit(
      @Advice.Enter long token,
      @Advice.Argument(1) long address,
      @Advice.Argument(3) long index,
      @Advice.Argument(4) long length,
      @Advice.Thrown Throwable failure) {
    MmapscopeHooks.exit(token, null, address + index, length, -1, -1, failure);
  }
}
