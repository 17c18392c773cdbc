package io.mmapscope.exporter.spans;

import java.util.StringJoiner;

/** Spells a word of flags as {@code strace} does: names in the order of their bits, then the unknown bits in hex. */
final class BitNames {

  private final String whenZero;
  private final long[] bits;
  private final String[] names;

  /**
   * Makes a table.
   *
   * @param whenZero what stands for no bit at all
   * @param table name, bit, name, bit, …
   */
  BitNames(String whenZero, Object... table) {
    this.whenZero = whenZero;
    this.bits = new long[table.length / 2];
    this.names = new String[table.length / 2];
    for (int i = 0; i < bits.length; i++) {
      names[i] = (String) table[2 * i];
      bits[i] = ((Number) table[2 * i + 1]).longValue();
    }
  }

  String spell(long value) {
    if (value == 0) {
      return whenZero;
    }
    StringJoiner spelled = new StringJoiner("|");
    long left = addTo(spelled, value);
    if (left != 0) {
      spelled.add("0x" + Long.toHexString(left));
    }
    return spelled.toString();
  }

  /** Adds the names of the known bits, and returns the others. */
  long addTo(StringJoiner spelled, long value) {
    long left = value;
    for (int i = 0; i < bits.length; i++) {
      if ((left & bits[i]) != 0) {
        spelled.add(names[i]);
        left &= ~bits[i];
      }
    }
    return left;
  }
}
