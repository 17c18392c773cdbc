package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.Mapping;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

    private record Confirmed(long start, long end, Truth truth, Content content) {}

    private final Stamp taken;
    private final boolean callsLost;
    private final Map<Mapping.Creator, Mapping.Creator> disowned = new HashMap<>();
    private final List<Correction> corrections = new ArrayList<>();
    private final List<Confirmed> confirmed = new ArrayList<>();
    private final Set<Truth> pieced = Collections.newSetFromMap(new IdentityHashMap<>());
    private int added;
    private int removed;
    private int changed;

    Writer(long takenStartNanos, long takenEndNanos, boolean callsLost) {
      this.callsLost = callsLost;
      this.taken = Stamp.corrected(takenStartNanos, takenEndNanos, callsLost);
    }

    @Override
    public void part(long start, long end, Version ledger, Truth truth) {
      if (ledger != null && ledger.stamp.end > taken.start) {
        return; // the call may have taken effect after this part was listed
      }
      Content had = ledger == null ? null : ledger.content;
      if (had == null && truth != null) {
        added++;
        pieced.add(truth);
        correct(start, end, truth.content());
      } else if (had != null && truth == null) {
        removed++;
        correct(start, end, null);
      } else if (had != null && !truth.confirms(had)) {
        changed++;
        correct(start, end, truth.content());
      } else if (had != null) {
        confirm(start, end, ledger, truth);
      }
    }

    private void confirm(long start, long end, Version ledger, Truth whole) {
      Content truth = whole.content();
      Content had = ledger.content;
      if (callsLost && !had.anonymous()) {
        remember(new Confirmed(start, end, whole, had));
      }
      boolean unidentified =
          !had.anonymous()
              && (had.path() == null && truth.path() != null || !truth.file().equals(had.file()));
      boolean maybeOthers = callsLost && had.creator().callSite().known();
      if (unidentified || maybeOthers || ledger.ambiguous()) {
        Content better = had.anonymous() ? had : had.identified(truth.file(), truth.path());
        correct(start, end, maybeOthers ? better.madeBy(ownerOnly(had.creator())) : better);
      }
    }

    private void remember(Confirmed piece) {
      Confirmed last = confirmed.isEmpty() ? null : confirmed.get(confirmed.size() - 1);
      if (last != null && last.truth == piece.truth && !last.content.continues(piece.content)) {
        pieced.add(piece.truth);
      }
      confirmed.add(piece);
    }

    /** One object for each creator: by that the pieces of one mapping know each other. */
    private Mapping.Creator ownerOnly(Mapping.Creator creator) {
      return disowned.computeIfAbsent(
          creator, known -> new Mapping.Creator(known.owner(), CallSite.UNKNOWN, -1, null, null, 0));
    }

    private void correct(long start, long end, Content content) {
      corrections.add(new Correction(start, end, content));
    }

    /**
     * A hole in a mapping is not filled again: where the list has a whole one, and the ledger pieces of several, one of
     * them is an earlier mapping's of the same file there.
     */
    private void replacePieces() {
      for (Confirmed piece : confirmed) {
        if (pieced.contains(piece.truth)) {
          correct(piece.start, piece.end, piece.truth.content());
        }
      }
    }

    Reconciliation write(Ranges ranges) {
      replacePieces();
      for (Correction correction : corrections) {
        ranges.write(correction.start, correction.end, taken, correction.content);
      }
      return new Reconciliation(added, removed, changed);
    }
  }
}
