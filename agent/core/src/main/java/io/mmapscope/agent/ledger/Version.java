package io.mmapscope.agent.ledger;

import java.util.List;

/**
 * What was at a range of addresses from some time on, with what was there before: an immutable list, newest first,
 * ordered by {@link Stamp} whatever the order of insertion. Ranges share the tails of their lists.
 */
final class Version {

  /** A list longer than this is cut to half: memory and the cost of a late insertion stay bounded. */
  static final int MAX_SIZE = 64;

  final Stamp stamp;
  /** What is there from then on; null where nothing is, or where the stamp only reads. */
  final Content content;
  /** What depends on this reading; null where the stamp writes. */
  final Derivation reader;

  final Version older;
  private final int size;

  private Version(Stamp stamp, Content content, Derivation reader, Version older) {
    this.stamp = stamp;
    this.content = content;
    this.reader = reader;
    this.older = older;
    this.size = older == null ? 1 : older.size + 1;
  }

  /**
   * Puts an effect in its place.
   *
   * @param affected receives the readings that now see something else
   * @return the new list; the old one where the effect is there already
   */
  static Version insert(
      Version head, Stamp stamp, Content content, Derivation reader, List<Derivation> affected, Conflicts conflicts) {
    int newer = 0;
    Version place = head;
    int order = 1;
    while (place != null && (order = place.stamp.compareTo(stamp)) > 0) {
      newer++;
      place = place.older;
    }
    boolean replaces = place != null && order == 0;
    if (replaces && place.reader == reader && same(place.content, content)) {
      return head;
    }
    Version list = new Version(stamp, content, reader, replaces ? place.older : place);
    if (stamp.writes() && newestWrite(place) != null && !replaces) {
      conflicts.check(newestWrite(place).stamp, stamp);
    }
    boolean latest = stamp.writes();
    boolean visible = latest;
    for (Version version : newest(head, newer)) {
      if (latest && version.stamp.writes() && version.explainedBy(stamp, content)) {
        continue;
      }
      if (latest && version.stamp.writes()) {
        conflicts.check(version.stamp, stamp);
        latest = false;
      }
      visible &= !version.hides();
      if (visible && version.reader != null) {
        affected.add(version.reader);
      }
      list = version.onTopOf(list);
    }
    return list.size > MAX_SIZE ? list.cut(MAX_SIZE / 2) : list;
  }

  /**
   * Takes an effect out that turned out not to be there.
   *
   * @param affected receives the readings that saw it
   * @return the new list; the old one where the effect is not in it
   */
  static Version remove(Version head, Stamp stamp, List<Derivation> affected) {
    int newer = 0;
    Version place = head;
    while (place != null && place.stamp.compareTo(stamp) > 0) {
      newer++;
      place = place.older;
    }
    if (place == null || !place.stamp.equals(stamp)) {
      return head;
    }
    Version list = place.older;
    boolean visible = true;
    for (Version version : newest(head, newer)) {
      visible &= !version.hides();
      if (visible && version.reader != null) {
        affected.add(version.reader);
      }
      list = version.onTopOf(list);
    }
    return list;
  }

  /** The {@code count} newest, oldest of them first. */
  private static Version[] newest(Version head, int count) {
    Version[] result = new Version[count];
    for (int i = count - 1; i >= 0; i--, head = head.older) {
      result[i] = head;
    }
    return result;
  }

  /**
   * True for what {@code /proc/self/maps} showed and no call was known for, when such a call comes: it made the same,
   * and knows the creator; or it went on during the reading, and may have taken effect after it.
   */
  private boolean explainedBy(Stamp call, Content made) {
    return content != null && stamp.explainedBy(call, made != null && made.agrees(content));
  }

  /** The newest effect that is not a reading, or null. */
  static Version newestWrite(Version head) {
    Version version = head;
    while (version != null && !version.stamp.writes()) {
      version = version.older;
    }
    return version;
  }

  /** The newest effect before {@code stamp} that is not a reading, or null. */
  static Version writeBefore(Version head, Stamp stamp) {
    Version version = head;
    while (version != null && !version.visibleAt(stamp)) {
      version = version.older;
    }
    return version;
  }

  /** The newest effect before {@code stamp}, where its place between its neighbours is certain; otherwise null. */
  static Version certainWriteBefore(Version head, Stamp stamp) {
    Version newer = null;
    Version version = head;
    while (version != null && !version.visibleAt(stamp)) {
      newer = version.stamp.writes() ? version : newer;
      version = version.older;
    }
    if (version == null || version.ambiguous()) {
      return null;
    }
    return newer != null && newer.stamp.ambiguousWith(version.stamp) ? null : version;
  }

  /**
   * The write that was in force from {@code startNanos} to {@code endNanos}, or null where another went on meanwhile or
   * its place is not certain. A page fault asks: it may be served from what was there before such a call, or from what
   * is there after it.
   */
  static Version certainThroughout(Version head, long startNanos, long endNanos) {
    Version newer = null;
    for (Version version = head; version != null; version = version.older) {
      if (!version.stamp.writes() || version.stamp.start > endNanos) {
        newer = version.stamp.writes() ? version : newer;
        continue;
      }
      boolean ended = version.stamp.end < startNanos;
      boolean contested = version.ambiguous() || newer != null && newer.stamp.ambiguousWith(version.stamp);
      return ended && !contested ? version : null;
    }
    return null;
  }

  /**
   * True for an effect before {@code moment}. A correction shows how things were at the end of its reading: whether they
   * had become so at a moment during the reading, the list does not tell, and what the calls said goes on.
   */
  private boolean visibleAt(Stamp moment) {
    boolean later = stamp.kind == Stamp.Kind.CORRECTED && moment.nanos < stamp.end;
    return stamp.writes() && !later && stamp.compareTo(moment) < 0;
  }

  /** True where no later reading sees what is below. Through a correction some do. */
  private boolean hides() {
    return stamp.writes() && stamp.kind != Stamp.Kind.CORRECTED;
  }

  /** True where this may be older than what it was written over. */
  boolean ambiguous() {
    Version below = newestWrite(older);
    return below != null && below.stamp.ambiguousWith(stamp);
  }

  /** How many versions the list has. */
  int size() {
    return size;
  }

  /** Forgets what nobody can ask for after {@code nanos}: at most one older version stays, and only a live one. */
  static Version pruned(Version head, long nanos) {
    if (head == null) {
      return null;
    }
    if (head.stamp.nanos > nanos) {
      Version older = pruned(head.older, nanos); // at most MAX_SIZE deep
      return older == head.older ? head : head.onTopOf(older);
    }
    Version base = newestWrite(head);
    if (base == null || base.content == null) {
      return null;
    }
    return base.older == null ? base : base.onTopOf(null);
  }

  /** True where two adjacent ranges with these histories can be one. */
  static boolean mergeable(Version a, Version b) {
    while (a != null && b != null) {
      if (a == b) {
        return true;
      }
      if (!a.stamp.equals(b.stamp) || a.reader != b.reader || !same(a.content, b.content)) {
        return false;
      }
      a = a.older;
      b = b.older;
    }
    return a == b;
  }

  private static boolean same(Content a, Content b) {
    return a == b || a != null && a.continues(b);
  }

  private Version onTopOf(Version other) {
    return new Version(stamp, content, reader, other);
  }

  /** The newest {@code count} versions and, below them, what they were written over. */
  private Version cut(int count) {
    if (count > 0) {
      return onTopOf(older == null ? null : older.cut(count - 1));
    }
    Version base = newestWrite(this);
    return base == null ? null : base.onTopOf(null);
  }

  /** Notices effects whose order is not certain. */
  static final class Conflicts {
    private boolean found;

    private void check(Stamp one, Stamp other) {
      found |= one.ambiguousWith(other);
    }

    /** True where any was found since the last time this was asked. */
    boolean take() {
      boolean result = found;
      found = false;
      return result;
    }
  }
}
