package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Syscall;
import java.nio.ByteBuffer;
import java.util.List;

/** Reads {@code struct mms_call}. Buffers are in native byte order; offsets are in bytes from their beginning. */
public final class CallDecoder {

  private CallDecoder() {}

  /** The call at an offset, or null where its hook is none that the wire defines. */
  public static KernelCall decode(ByteBuffer buffer, int at) {
    Syscall syscall = Syscall.ofHook(buffer.getShort(at + Wire.Call.HOOK));
    if (syscall == null) {
      return null;
    }
    int flags = buffer.getShort(at + Wire.Call.FLAGS) & 0xffff;
    boolean file = (flags & Wire.CallFlag.FILE) != 0;
    boolean before = (flags & Wire.CallFlag.BEFORE) != 0;
    return new KernelCall(
        syscall,
        buffer.getLong(at + Wire.Call.START_NS),
        buffer.getLong(at + Wire.Call.DURATION_NS),
        args(buffer, at + Wire.Call.ARGS),
        buffer.getLong(at + Wire.Call.RESULT),
        buffer.getInt(at + Wire.Call.TID),
        file ? file(buffer, at + Wire.Call.FILE_DEVICE, at + Wire.Call.FILE_INODE) : null,
        file ? buffer.getLong(at + Wire.Call.FILE_SIZE) : -1,
        before ? file(buffer, at + Wire.Call.BEFORE_DEVICE, at + Wire.Call.BEFORE_INODE) : null,
        before ? buffer.getLong(at + Wire.Call.BEFORE_SIZE) : -1,
        flags);
  }

  /** The operation that the call at an offset belongs to; 0 for none. */
  public static long operation(ByteBuffer buffer, int at) {
    return buffer.getLong(at + Wire.Call.OPERATION);
  }

  private static List<Long> args(ByteBuffer buffer, int at) {
    Long[] args = new Long[Wire.Call.ARGS_COUNT];
    for (int i = 0; i < args.length; i++) {
      args[i] = buffer.getLong(at + i * Wire.Call.ARGS_STRIDE);
    }
    return List.of(args);
  }

  private static FileIdentity file(ByteBuffer buffer, int device, int inode) {
    return FileIdentity.ofKernel(buffer.getInt(device), buffer.getLong(inode));
  }
}
