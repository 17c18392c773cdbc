package io.mmapscope.agent.ledger;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells a return address from any other number that points into code: the bytes before it are a call. Remembers its answers. Not thread-safe.
 */
final class CallInstructions {

  private static final int REMEMBERED = 8192;

  private final MemoryReader memory;
  private final ReturnAddresses processor;
  private final byte[] bytes;
  private final Map<Long, Boolean> answers =
      new LinkedHashMap<>(256, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  CallInstructions(MemoryReader memory, ReturnAddresses processor) {
    this.memory = memory;
    this.processor = processor;
    this.bytes = new byte[processor.longestCall()];
  }

  /** To be called when code has been loaded or unloaded. */
  void forget() {
    answers.clear();
  }

  /** True where a call ends at {@code address}, in code that begins at {@code codeStart} and does not change. */
  boolean endsAt(long address, long codeStart) {
    return answers.computeIfAbsent(address, a -> looksSo(a, codeStart));
  }

  /** The same for code that may change: reads it each time. */
  boolean looksSo(long address, long codeStart) {
    int length = (int) Math.min(bytes.length, address - codeStart);
    return length >= 2 && memory.read(address - length, bytes, length) && processor.endsInCall(bytes, length);
  }
}
