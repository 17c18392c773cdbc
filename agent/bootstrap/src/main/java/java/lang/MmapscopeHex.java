package java.lang;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Parses the ids of W3C trace context: eight digits at a time, without allocation. */
final class MmapscopeHex {

  private static final int EIGHT_DIGITS = 8;
  private static final long ONES = 0x0101_0101_0101_0101L;

  private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private MmapscopeHex() {}

  /**
   * The 16 lower-case hexadecimal digits of {@code text} from {@code from} on.
   *
   * @throws NumberFormatException where they are anything else
   * @throws IndexOutOfBoundsException where there are fewer
   */
  static long parse(String text, int from) {
    return isCompact(text)
        ? value(eight(text, from), eight(text, from + EIGHT_DIGITS))
        : parseSlowly(text, from);
  }

  /** Whether the text has a byte a character, as ids have unless the JVM was told otherwise. */
  static boolean isCompact(String text) {
    return text.coder() == String.LATIN1;
  }

  /** Eight characters of a compact text, the first in the highest byte. */
  static long eight(String text, int from) {
    return (long) EIGHT.get(text.value(), from);
  }

  /** The value of twice eight digits. */
  static long value(long high, long low) {
    long highAligned = aligned(high);
    long lowAligned = aligned(low);
    if ((wrong(high, highAligned) | wrong(low, lowAligned)) != 0) {
      throw new NumberFormatException("not a trace or span id");
    }
    return packed(highAligned) << 32 | packed(lowAligned);
  }

  /** The digits as the 16 characters from 0x30 on: 'a' to 'f', 0x61 to 0x66, become 0x3a to 0x3f. */
  private static long aligned(long text) {
    return text - (text >>> 6 & ONES) * ('a' - '0' - 10);
  }

  /** 0 where all are digits: the character is one of the 16, and above the ninth where it was a letter only. */
  private static long wrong(long text, long aligned) {
    return (aligned ^ ONES * 0x30) & ONES * 0xf0 | (aligned + ONES * 6 ^ text) & ONES * 0x40;
  }

  private static long packed(long aligned) {
    long values = aligned & ONES * 0x0f;
    values = (values | values >>> 4) & 0x00ff_00ff_00ff_00ffL;
    values = (values | values >>> 8) & 0x0000_ffff_0000_ffffL;
    return (values | values >>> 16) & 0xffff_ffffL;
  }

  /** Where strings are not compact: {@code -XX:-CompactStrings}. */
  private static long parseSlowly(String text, int from) {
    long value = 0;
    for (int i = from; i < from + 2 * EIGHT_DIGITS; i++) {
      char c = text.charAt(i);
      if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
        throw new NumberFormatException("not a trace or span id");
      }
      value = value << 4 | Character.digit(c, 16);
    }
    return value;
  }
}
