package io.mmapscope.agent.instrument;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import net.bytebuddy.asm.Advice;

/** Woven into the methods named in the setting {@code operations}. */
final class LibraryAdvice {

  /** Bound to the number of the woven method, see {@link LibraryMethods}. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.PARAMETER)
  @interface Number {}

  @Advice.OnMethodEnter
  static long enter(@Number int number) {
    return MmapscopeHooks.enter(MmapscopeHooks.LIBRARY, number);
  }

  @Advice.OnMethodExit(onThrowable = Throwable.class)
  static void exit(@Advice.Enter long token, @Advice.Thrown Throwable failure) {
    MmapscopeHooks.exit(token, null, 0, -1, -1, -1, failure);
  }
}
