package io.mmapscope.agent.ledger;

import java.util.List;

/** Walks two lists of ranges, each by address and without overlap, over the address space at once. */
final class Sweep {

  /** Told of each part of the address space on which neither list has a boundary. */
  interface Visitor {
    /** @param ledger effect on the part, or null; @param truth mapping on it, or null; one of them is not null */
    void part(long start, long end, Version ledger, Truth truth);
  }

  private Sweep() {}

  static void walk(List<Ranges.Written> ledger, List<Truth> truths, Visitor visitor) {
    int left = 0;
    int right = 0;
    long at = Long.MIN_VALUE;
    while (left < ledger.size() || right < truths.size()) {
      Ranges.Written written = left < ledger.size() ? ledger.get(left) : null;
      Truth truth = right < truths.size() ? truths.get(right) : null;
      long writtenStart = written == null ? Long.MAX_VALUE : Math.max(at, written.start());
      long truthStart = truth == null ? Long.MAX_VALUE : Math.max(at, truth.start());
      long start = Math.min(writtenStart, truthStart);
      boolean inWritten = writtenStart == start;
      boolean inTruth = truthStart == start;
      long end =
          Math.min(inWritten ? written.end() : writtenStart, inTruth ? truth.end() : truthStart);
      visitor.part(start, end, inWritten ? written.latest() : null, inTruth ? truth : null);
      at = end;
      if (inWritten && written.end() == end) {
        left++;
      }
      if (inTruth && truth.end() == end) {
        right++;
      }
    }
  }
}
