package io.mmapscope.agent.instrument;

import net.bytebuddy.asm.Advice;

/** Woven into the JDK's methods whose calls {@link CallSiteWeaver} announces: their end ends the announcement. */
final class LeaveAdvice {

  @Advice.OnMethodExit(onThrowable = Throwable.class)
  static void exit() {
    MmapscopeHooks.left();
  }
}
