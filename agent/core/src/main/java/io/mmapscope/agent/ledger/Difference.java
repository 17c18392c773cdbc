package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.Mapping;
import java.util.ArrayList;
import java.util.List;

/**
 * A range on which the ledger and {@code /proc/self/maps} do not say the same of mapped files.
 *
 * @param start first byte
 * @param end byte after the last
 * @param recorded what the ledger has, or null for nothing
 * @param actual what the kernel has, or null for nothing
 */
public record Difference(long start, long end, Mapping recorded, Mapping actual) {

  @Override
  public String toString() {
    return "%x-%x: recorded %s, actual %s".formatted(start, end, describe(recorded), describe(actual));
  }

  private static String describe(Mapping mapping) {
    if (mapping == null) {
      return "nothing";
    }
    return mapping.fileBacked()
        ? "%s %s offset %#x".formatted(mapping.path(), mapping.file(), mapping.fileOffset())
        : "anonymous memory";
  }

  /** Collects differences, adjacent ones of the same two mappings as one. */
  static final class Finder implements Sweep.Visitor {
    private final List<Difference> found = new ArrayList<>();
    private Content lastRecorded;
    private Content lastActual;

    @Override
    public void part(long start, long end, Version ledger, Truth truth) {
      Content recorded = ledger == null ? null : ledger.content;
      Content actual = truth == null ? null : truth.content();
      boolean fileInvolved = recorded != null && !recorded.anonymous() || actual != null && !actual.anonymous();
      if (!fileInvolved || recorded != null && actual != null && truth.confirms(recorded)) {
        return;
      }
      Difference last = found.isEmpty() ? null : found.get(found.size() - 1);
      if (last != null && last.end == start && same(lastRecorded, recorded) && same(lastActual, actual)) {
        found.remove(found.size() - 1);
        start = last.start;
      }
      found.add(new Difference(start, end, mapping(recorded, start, end), mapping(actual, start, end)));
      lastRecorded = recorded;
      lastActual = actual;
    }

    private static boolean same(Content a, Content b) {
      return a == null ? b == null : a.continues(b);
    }

    private static Mapping mapping(Content content, long start, long end) {
      return content == null ? null : content.mapping(start, end);
    }

    List<Difference> found() {
      return List.copyOf(found);
    }
  }
}
