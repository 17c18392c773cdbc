package io.mmapscope.agent.instrument;

import jdk.internal.access.foreign.UnmapperProxy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner;

/** Woven into {@code FileChannelImpl.mapInternal(MapMode, long, long, int, boolean)}, through which all maps go. */
final class MapAdvice {

  @Advice.OnMethodEnter
  static long enter() {
    return MmapscopeHooks.enter(MmapscopeHooks.MAP, 0);
  }

  @Advice.OnMethodExit(onThrowable = Throwable.class)
  static void exit(
      @Advice.Enter long token,
      @Advice.FieldValue("path") String path,
      @Advice.Argument(1) long position,
      @Advice.Argument(2) long size,
      @Advice.Argument(3) int mode,
      @Advice.Return(typing = Assigner.Typing.DYNAMIC) Object unmapper,
      @Advice.Thrown Throwable failure) {
    MmapscopeHooks.exit(
        token, path, unmapper == null ? 0 : ((UnmapperProxy) unmapper).address(), size, position, mode, failure);
  }
}
