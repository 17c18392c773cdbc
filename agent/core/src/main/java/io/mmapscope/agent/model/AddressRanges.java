package io.mmapscope.agent.model;

import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** Address ranges as the JVM's diagnostic commands print them. Immutable, safe for any thread. */
public final class AddressRanges {

  public static final AddressRanges NONE = new AddressRanges(new long[0]);

  /** {@code [0x1000, 0x2000)}; where more than two addresses are given, the first and the last are the outermost. */
  private static final Pattern RANGE =
      Pattern.compile("\\[0x(\\p{XDigit}{1,16})(?:, ?0x\\p{XDigit}{1,16})*, ?0x(\\p{XDigit}{1,16})[)\\]]");

  private final long[] bounds;

  private AddressRanges(long[] bounds) {
    this.bounds = bounds;
  }

  /** Those in a text; none for null. */
  public static AddressRanges in(String text) {
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

  /** True where one of them has the address in it; addresses are user addresses, below 2^63. */
  public boolean contain(long address) {
    for (int i = 0; i < bounds.length; i += 2) {
      if (address >= bounds[i] && address < bounds[i + 1]) {
        return true;
      }
    }
    return false;
  }
}
