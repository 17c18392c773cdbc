package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.Mapping;
import java.util.Arrays;

/**
 * What was measured of the mappings in one pass over the address space: 32 bytes a mapping. Filled by address, so it is
 * sorted. Not thread-safe.
 */
final class ResidentSizes {

  private static final int FIRST = 256;

  private long[] starts;
  private long[] ends;
  private long[] made;
  private long[] bytes;
  private int count;

  /** @param expected how many there will be, roughly */
  ResidentSizes(int expected) {
    int capacity = Math.max(FIRST, expected);
    starts = new long[capacity];
    ends = new long[capacity];
    made = new long[capacity];
    bytes = new long[capacity];
  }

  /** Adds one whose address is above all that are there. */
  void add(Mapping mapping, long residentBytes) {
    if (count == starts.length) {
      grow(count + count / 2);
    }
    starts[count] = mapping.start();
    ends[count] = mapping.end();
    made[count] = mapping.creator().nanos();
    bytes[count] = residentBytes;
    count++;
  }

  private void grow(int capacity) {
    starts = Arrays.copyOf(starts, capacity);
    ends = Arrays.copyOf(ends, capacity);
    made = Arrays.copyOf(made, capacity);
    bytes = Arrays.copyOf(bytes, capacity);
  }

  /** Resident bytes of a mapping; -1 where not this very one was measured, but none or another in its place. */
  long of(Mapping mapping) {
    int index = Arrays.binarySearch(starts, 0, count, mapping.start());
    boolean same = index >= 0 && ends[index] == mapping.end() && made[index] == mapping.creator().nanos();
    return same ? bytes[index] : -1;
  }

  int count() {
    return count;
  }
}
