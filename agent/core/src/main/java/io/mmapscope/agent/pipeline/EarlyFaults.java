package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.model.FaultPlace;
import io.mmapscope.agent.spi.Listener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Page faults of the time before there are exporters, two words each, to be told them all at once. */
final class EarlyFaults {

  private static final int MOST = 262_144;
  private static final int MAJOR = 1;
  private static final int KERNEL = 2;
  private static final int PLACE_SHIFT = 2;

  private final List<FaultPlace> places = new ArrayList<>();
  private long[] words = new long[2048];
  private int count;

  /** False where there is no room. */
  boolean add(FaultPlace place, boolean major, boolean kernelMode, long durationNanos) {
    if (count == MOST) {
      return false;
    }
    if (words.length == 2 * count) {
      words = Arrays.copyOf(words, 2 * words.length);
    }
    while (places.size() <= place.id()) {
      places.add(null);
    }
    places.set(place.id(), place);
    words[2 * count] = (long) place.id() << PLACE_SHIFT | (major ? MAJOR : 0) | (kernelMode ? KERNEL : 0);
    words[2 * count + 1] = durationNanos;
    count++;
    return true;
  }

  void tell(Listener listener) {
    for (int i = 0; i < count; i++) {
      long word = words[2 * i];
      listener.pageFault(
          places.get((int) (word >>> PLACE_SHIFT)), (word & MAJOR) != 0, (word & KERNEL) != 0, words[2 * i + 1], null);
    }
  }
}
