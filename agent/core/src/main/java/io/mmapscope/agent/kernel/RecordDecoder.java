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
    long[] stack = new long[Wire.Record.STACK_COUNT];
    for (int i = 0; i < stack.length; i++) {
      stack[i] = buffer.getLong(at + Wire.Record.STACK + i * Wire.Record.STACK_STRIDE);
    }
    long operation = CallDecoder.operation(buffer, at + Wire.Record.CALL);
    return new RingRecord(call, operation, comm(buffer, at + Wire.Record.COMM), stack);
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
