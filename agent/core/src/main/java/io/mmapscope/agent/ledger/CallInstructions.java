package io.mmapscope.agent.ledger;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells a return address from any other number that points into code: the bytes before it are an x86-64 call.
 * Remembers its answers. Not thread-safe.
 */
final class CallInstructions {

  private static final int LONGEST = 7; // FF /2 with SIB and a displacement of 4 bytes
  private static final int REMEMBERED = 8192;

  private final MemoryReader memory;
  private final byte[] bytes = new byte[LONGEST];
  private final Map<Long, Boolean> answers =
      new LinkedHashMap<>(256, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
          return size() > REMEMBERED;
        }
      };

  CallInstructions(MemoryReader memory) {
    this.memory = memory;
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
    int length = (int) Math.min(LONGEST, address - codeStart);
    return length >= 2 && memory.read(address - length, bytes, length) && endsInCall(bytes, length);
  }

  /** True where the last of {@code length} bytes is the last of a near call: E8 rel32 or FF /2. */
  static boolean endsInCall(byte[] bytes, int length) {
    if (length >= 5 && (bytes[length - 5] & 0xff) == 0xe8) {
      return true;
    }
    for (int size = 2; size <= length; size++) {
      int at = length - size;
      boolean callGroup = (bytes[at] & 0xff) == 0xff && (bytes[at + 1] >> 3 & 7) == 2;
      if (callGroup && size == indirectSize(bytes[at + 1] & 0xff, size > 2 ? bytes[at + 2] & 0xff : 0)) {
        return true;
      }
    }
    return false;
  }

  /** Length of opcode, ModRM, SIB and displacement together. */
  private static int indirectSize(int modRm, int sib) {
    int mod = modRm >> 6;
    int base = modRm & 7;
    if (mod == 3) {
      return 2;
    }
    int sibSize = base == 4 ? 1 : 0;
    boolean noBase = mod == 0 && (base == 5 || base == 4 && (sib & 7) == 5);
    int displacement = mod == 1 ? 1 : mod == 2 || noBase ? 4 : 0;
    return 2 + sibSize + displacement;
  }
}
