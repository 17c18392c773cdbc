package io.mmapscope.agent.instrument;

import net.bytebuddy.asm.Advice;

/** Woven into {@code UnixFileDispatcherImpl.map} and {@code unmap} (JDK 21+): the native call of a virtual thread. */
final class NativeCallAdvice {

  @Advice.OnMethodEnter
  static long enter() {
    return MmapscopeHooks.enterNative();
  }

  @Advice.OnMethodExit(onThrowable = Throwable.class)
  static void exit(@Advice.Enter long token) {
    MmapscopeHooks.exitNative(token);
  }
}
