package java.lang;

/**
 * The values of the two span ids that one thread saw last: a scope that ends goes back to the span before. Known again by
 * their text, not by the text's reference: a reference that is stored costs the collector's barrier.
 */
final class MmapscopeSpanIds {

  private long first;
  private long second;
  private long value;
  private long firstBefore;
  private long secondBefore;
  private long valueBefore;

  /** As {@link MmapscopeHex#parse}, of the whole text. */
  long parse(String text) {
    if (!MmapscopeHex.isCompact(text)) {
      return MmapscopeHex.parse(text, 0);
    }
    long a = MmapscopeHex.eight(text, 0);
    long b = MmapscopeHex.eight(text, 8);
    if (a != first || b != second) {
      long parsed = a == firstBefore && b == secondBefore ? valueBefore : MmapscopeHex.value(a, b);
      firstBefore = first;
      secondBefore = second;
      valueBefore = value;
      first = a;
      second = b;
      value = parsed;
    }
    return value;
  }
}
