package io.mmapscope.agent.ledger;

import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** Address ranges as the JVM's diagnostic commands print them. Immutable. */
final class AddressRanges {

  static final AddressRanges NONE = new AddressRanges(new long[0]);

  /** {@code [0x1000, 0x2000)}; where more than two addresses are given, the first and the last are the outermost. */
  private static final Pattern RANGE =
      Pattern.compile("\\[0x(\\p{XDigit}{1,16})(?:, ?0x\\p{XDigit}{1,16})*, ?0x(\\p{XDigit}{1,16})[)\\]]");

  private final long[] bounds;

  private AddressRanges(long[] bounds) {
    this.bounds = bounds;
  }

  /** Those in a text; none for null. */
  static AddressRanges in(String text) {
    return text == null
        ? NONE
        : new AddressRanges(
            RANGE
                .matcher(text)
                .results()
                .flatMapToLong(range -> LongStream.of(number(range.group(1)), number(range.group(2))))
                .toArray());
  }

  private static long number(String hexadecimal) {
    return Long.parseUnsignedLong(hexadecimal, 16);
  }

  boolean contain(long address) {
    for (int i = 0; i < bounds.length; i += 2) {
      if (address >= bounds[i] && address < bounds[i + 1]) {
        return true;
      }
    }
    return false;
  }
}
