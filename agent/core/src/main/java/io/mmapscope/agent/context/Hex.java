package io.mmapscope.agent.context;

/** Parses the ids of W3C trace context without allocation. */
final class Hex {

  private Hex() {}

  /** The 16 hexadecimal digits of {@code text} from {@code from} on. */
  static long parse(String text, int from) {
    long value = 0;
    for (int i = from; i < from + 16; i++) {
      int digit = Character.digit(text.charAt(i), 16);
      if (digit < 0) {
        throw new NumberFormatException("not a trace or span id: " + text);
      }
      value = value << 4 | digit;
    }
    return value;
  }
}
