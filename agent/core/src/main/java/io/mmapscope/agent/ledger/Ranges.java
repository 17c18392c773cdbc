package io.mmapscope.agent.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The address space as ranges with their histories. An effect is written in O(log n) for each range that it touches;
 * histories are forgotten when they are older than a horizon or when there are too many of them. Not thread-safe.
 */
final class Ranges {

  /** A part of the address space; {@code content} is null where nothing is mapped. */
  record Part(long start, long end, Content content) {}

  /** A part with the latest effect on it, or null where none is known. */
  record Written(long start, long end, Version latest) {}

  private static final class Segment {
    final long start;
    long end;
    Version head;
    /** A history that is in use is pruned from this size on, so that each version is looked at a few times only. */
    int pruneAt = SMALL_HISTORY;

    Segment(long start, long end, Version head) {
      this.start = start;
      this.end = end;
      this.head = head;
    }
  }

  private static final int SMALL_HISTORY = 8;

  private record Pending(Derivation derivation, long start, long end) {}

  private record Aging(long start, long end, long nanos) {}

  /** Neighbours looked at to find the whole of a mapping that was split; beyond it a piece of it is given. */
  private static final int MAX_NEIGHBOURS = 256;

  private final TreeMap<Long, Segment> segments = new TreeMap<>();
  private final ArrayDeque<Aging> aging = new ArrayDeque<>();
  private final ArrayDeque<Pending> pending = new ArrayDeque<>();
  private final List<Derivation> affected = new ArrayList<>();
  private final Version.Conflicts conflicts = new Version.Conflicts();
  private final long horizonNanos;
  private final int maxHistory;
  private long latestNanos = Long.MIN_VALUE;
  private long forgottenNanos = Long.MIN_VALUE;

  Ranges(long horizonNanos, int maxHistory) {
    this.horizonNanos = horizonNanos;
    this.maxHistory = maxHistory;
  }

  /** From {@code stamp} on, {@code content} (null: nothing) is at the range. */
  void write(long start, long end, Stamp stamp, Content content) {
    put(start, end, stamp, content, null);
    derive();
    forget();
  }

  /** Makes what {@code derivation} makes of the range, now and whenever more becomes known of the range. */
  void derive(long start, long end, Derivation derivation) {
    put(start, end, derivation.found(), null, derivation);
    pending.add(new Pending(derivation, start, end));
    derive();
    forget();
  }

  /** The latest effect on each part of the address space that has a history, by address. */
  List<Written> latest() {
    List<Written> result = new ArrayList<>(segments.size());
    for (Segment segment : segments.values()) {
      result.add(new Written(segment.start, segment.end, Version.newestWrite(segment.head)));
    }
    return result;
  }

  /**
   * What is mapped, by address, pieces of one mapping joined.
   *
   * @param from the first address
   * @param most how many at most
   */
  List<Part> live(long from, int most) {
    List<Part> result = new ArrayList<>(Math.min(most, segments.size()));
    Part last = null;
    for (Segment segment : segments.tailMap(from, true).values()) {
      Version latest = Version.newestWrite(segment.head);
      if (latest == null || latest.content == null) {
        continue;
      }
      if (last != null && last.end == segment.start && last.content.continues(latest.content)) {
        last = new Part(last.start, segment.end, last.content);
        result.set(result.size() - 1, last);
      } else if (result.size() == most) {
        break;
      } else {
        last = new Part(segment.start, segment.end, latest.content);
        result.add(last);
      }
    }
    return result;
  }

  /** What was at {@code address} just before {@code stamp}; null where nothing was, or where it is not certain. */
  Part at(long address, Stamp stamp) {
    Map.Entry<Long, Segment> entry = segments.floorEntry(address);
    Content content = entry == null ? null : certain(entry.getValue(), address, stamp);
    if (content == null) {
      return null;
    }
    long start = entry.getValue().start;
    long end = entry.getValue().end;
    for (int i = 0; i < MAX_NEIGHBOURS && (entry = segments.lowerEntry(start)) != null; i++) {
      if (!content.continues(certain(entry.getValue(), start - 1, stamp))) {
        break;
      }
      start = entry.getValue().start;
    }
    for (int i = 0; i < MAX_NEIGHBOURS; i++) {
      Segment next = segments.get(end);
      if (next == null || !content.continues(certain(next, end, stamp))) {
        break;
      }
      end = next.end;
    }
    return new Part(start, end, content);
  }

  /** Whether anything was ever known of an address. */
  boolean heardOf(long address) {
    Map.Entry<Long, Segment> entry = segments.floorEntry(address);
    return entry != null && address < entry.getValue().end;
  }

  /** What was at {@code address} all the time between two moments; null where nothing was, or it is not certain. */
  Ledger.Found throughout(long address, long startNanos, long endNanos) {
    Map.Entry<Long, Segment> entry = segments.floorEntry(address);
    if (entry == null || address >= entry.getValue().end) {
      return null;
    }
    Segment segment = entry.getValue();
    Version version = Version.certainThroughout(segment.head, startNanos, endNanos);
    if (version == null || version.content == null) {
      return null;
    }
    boolean latest = version == Version.newestWrite(segment.head);
    Content content = version.content;
    return new Ledger.Found(
        content.mapping(segment.start, segment.end), version.stamp.end, latest, content.faults());
  }

  private static Content certain(Segment segment, long address, Stamp stamp) {
    if (address >= segment.end) {
      return null;
    }
    Version version = Version.certainWriteBefore(segment.head, stamp);
    return version == null ? null : version.content;
  }

  /** True where an effect of that time may have been undone by one that is forgotten. */
  boolean forgotten(long nanos) {
    return nanos <= forgottenNanos;
  }

  /** True where an order was found ambiguous since the last time this was asked. */
  boolean takeConflict() {
    return conflicts.take();
  }

  int segmentCount() {
    return segments.size();
  }

  private void put(long start, long end, Stamp stamp, Content content, Derivation reader) {
    cut(start);
    cut(end);
    long at = start;
    while (at < end) {
      Map.Entry<Long, Segment> next = segments.ceilingEntry(at);
      Segment segment;
      if (next != null && next.getKey() == at) {
        segment = next.getValue();
      } else {
        segment = new Segment(at, next == null ? end : Math.min(end, next.getKey()), null);
        segments.put(at, segment);
      }
      segment.head = Version.insert(segment.head, stamp, content, reader, affected, conflicts);
      continueFrom(segment);
      at = segment.end;
    }
    latestNanos = Math.max(latestNanos, stamp.nanos);
    aging.add(new Aging(start, end, stamp.nanos));
  }

  /** A queue and not a recursion: a mapping that moved a thousand times is a chain of a thousand derivations. */
  private void derive() {
    Pending next;
    while ((next = pending.poll()) != null) {
      Derivation derivation = next.derivation;
      List<Part> sources = before(next.start, next.end, derivation.found());
      // The call succeeded, so there was a source: what was at its destination is gone, but not where holes are known.
      boolean nothingKnown = sources.stream().allMatch(source -> source.content == null);
      for (Part part : sources) {
        long start = derivation.resultStart(part.start);
        long end = derivation.resultEnd(part.end);
        Content result = derivation.result(part.content);
        if (result != null || nothingKnown) {
          put(start, end, derivation.made(), result, null);
        } else {
          takeBack(start, end, derivation.made());
        }
      }
    }
  }

  /** Undoes what was made of a source that was not there, as is known by now. */
  private void takeBack(long start, long end, Stamp made) {
    cut(start);
    cut(end);
    Iterator<Segment> inRange = segments.subMap(start, true, end, false).values().iterator();
    while (inRange.hasNext()) {
      Segment segment = inRange.next();
      segment.head = Version.remove(segment.head, made, affected);
      continueFrom(segment);
      if (segment.head == null) {
        inRange.remove();
      }
    }
  }

  private void continueFrom(Segment segment) {
    for (Derivation derivation : affected) {
      pending.add(new Pending(derivation, segment.start, segment.end));
    }
    affected.clear();
  }

  /** What was at each byte of the range just before {@code stamp}. */
  private List<Part> before(long start, long end, Stamp stamp) {
    List<Part> result = new ArrayList<>(1);
    for (Segment segment : segments.subMap(start, true, end, false).values()) {
      Version version = Version.writeBefore(segment.head, stamp);
      result.add(new Part(segment.start, segment.end, version == null ? null : version.content));
    }
    return result;
  }

  private void cut(long address) {
    Map.Entry<Long, Segment> entry = segments.lowerEntry(address);
    if (entry != null && entry.getValue().end > address) {
      Segment lower = entry.getValue();
      segments.put(address, new Segment(address, lower.end, lower.head));
      lower.end = address;
    }
  }

  private void forget() {
    Aging oldest;
    while ((oldest = aging.peek()) != null
        && (aging.size() > maxHistory || oldest.nanos < latestNanos - horizonNanos)) {
      aging.remove();
      forgottenNanos = Math.max(forgottenNanos, oldest.nanos);
      prune(oldest.start, oldest.end);
    }
  }

  /** Prunes whole segments, a neighbour on each side included, and joins those that have become the same. */
  private void prune(long start, long end) {
    Long lower = segments.lowerKey(start);
    Iterator<Segment> around =
        segments.subMap(lower == null ? start : lower, true, end, true).values().iterator();
    Segment left = null;
    while (around.hasNext()) {
      Segment segment = around.next();
      prune(segment);
      if (segment.head == null) {
        around.remove();
      } else if (left != null && left.end == segment.start && Version.mergeable(left.head, segment.head)) {
        left.end = segment.end;
        around.remove();
      } else {
        left = segment;
      }
    }
  }

  private void prune(Segment segment) {
    Version head = segment.head;
    if (head != null && head.stamp.nanos > forgottenNanos && head.size() < segment.pruneAt) {
      return;
    }
    segment.head = Version.pruned(head, forgottenNanos);
    segment.pruneAt = SMALL_HISTORY + 2 * (segment.head == null ? 0 : segment.head.size());
  }
}
