package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.model.KernelCall;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads {@code struct mms_record}. */
final class RecordDecoder {

  private RecordDecoder() {}

  /** The record at an offset, or null where its call is none that the wire defines. */
  static RingRecord decode(ByteBuffer buffer, int at) {
    KernelCall call = CallDecoder.decode(buffer, at + Wire.Record.CALL);
    if (call == null) {
      return null;
    }
    long operation = CallDecoder.operation(buffer, at + Wire.Record.CALL);
    return new RingRecord(call, operation, comm(buffer, at + Wire.Record.COMM), stack(buffer, at));
  }

  /** Whether the record at an offset is a page fault. */
  static boolean isFault(ByteBuffer buffer, int at) {
    int hook = buffer.getShort(at + Wire.Record.CALL + Wire.Call.HOOK);
    return hook == Wire.Hook.PAGE_FAULT || hook == Wire.Hook.SIGBUS;
  }

  /** The page fault at an offset. */
  static RingFault fault(ByteBuffer buffer, int at) {
    int call = at + Wire.Record.CALL;
    return new RingFault(
        buffer.getShort(call + Wire.Call.HOOK) == Wire.Hook.SIGBUS,
        buffer.getLong(call + Wire.Call.RESULT) == Wire.FaultKind.MAJOR,
        buffer.getShort(call + Wire.Call.FLAGS) & 0xffff,
        argument(buffer, call, Wire.FaultArg.ADDRESS),
        buffer.getLong(call + Wire.Call.START_NS),
        buffer.getLong(call + Wire.Call.DURATION_NS),
        argument(buffer, call, Wire.FaultArg.TRACE_HIGH),
        argument(buffer, call, Wire.FaultArg.TRACE_LOW),
        argument(buffer, call, Wire.FaultArg.SPAN),
        buffer.getInt(call + Wire.Call.TID),
        comm(buffer, at + Wire.Record.COMM),
        argument(buffer, call, Wire.FaultArg.INSTRUCTION),
        stack(buffer, at));
  }

  private static long argument(ByteBuffer buffer, int call, int index) {
    return buffer.getLong(call + Wire.Call.ARGS + index * Wire.Call.ARGS_STRIDE);
  }

  private static long[] stack(ByteBuffer buffer, int at) {
    long[] stack = new long[Wire.Record.STACK_COUNT];
    for (int i = 0; i < stack.length; i++) {
      stack[i] = buffer.getLong(at + Wire.Record.STACK + i * Wire.Record.STACK_STRIDE);
    }
    return stack;
  }

  private static String comm(ByteBuffer buffer, int at) {
    byte[] bytes = new byte[Wire.Record.COMM_COUNT];
    int length = 0;
    while (length < bytes.length && (bytes[length] = buffer.get(at + length)) != 0) {
      length++;
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}
