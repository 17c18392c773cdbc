package io.mmapscope.agent.ledger;

import java.util.ArrayList;
import java.util.List;

/**
 * What the kernel's list changed in the ledger. A piece that a correction cut in two counts twice.
 *
 * @param added pieces that were mapped without the ledger's knowing
 * @param removed pieces that were gone
 * @param changed pieces of another file or offset than the ledger had
 */
public record Reconciliation(int added, int removed, int changed) {

  /** Corrections in all; 0 where the ledger was right. */
  public int total() {
    return added + removed + changed;
  }

  /** Collects corrections, then writes them: the ledger does not change under the walk. */
  static final class Writer implements Sweep.Visitor {

    private record Correction(long start, long end, Content content) {}

    private final Stamp taken;
    private final List<Correction> corrections = new ArrayList<>();
    private int added;
    private int removed;
    private int changed;

    Writer(long takenNanos) {
      this.taken = Stamp.corrected(takenNanos);
    }

    @Override
    public void part(long start, long end, Version ledger, Truth truth) {
      if (ledger != null && ledger.stamp.end > taken.end) {
        return; // the call may have taken effect after this part was listed
      }
      Content had = ledger == null ? null : ledger.content;
      if (had == null && truth != null) {
        added++;
        correct(start, end, truth.content());
      } else if (had != null && truth == null) {
        removed++;
        correct(start, end, null);
      } else if (had != null && !truth.confirms(had)) {
        changed++;
        correct(start, end, truth.content());
      } else if (had != null) {
        confirm(start, end, ledger, truth.content());
      }
    }

    private void confirm(long start, long end, Version ledger, Content truth) {
      Content had = ledger.content;
      boolean unidentified =
          !had.anonymous()
              && (had.path() == null && truth.path() != null || !truth.file().equals(had.file()));
      if (unidentified || ledger.ambiguous()) {
        Content better = had.anonymous() ? had : had.identified(truth.file(), truth.path());
        correct(start, end, better);
      }
    }

    private void correct(long start, long end, Content content) {
      corrections.add(new Correction(start, end, content));
    }

    Reconciliation write(Ranges ranges) {
      for (Correction correction : corrections) {
        ranges.write(correction.start, correction.end, taken, correction.content);
      }
      return new Reconciliation(added, removed, changed);
    }
  }
}
