package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.KernelCall;

/**
 * The effective time of one effect of a call, and its place in the order of all effects. See {@link Ledger} for why a
 * mapping appears at its call's end and vanishes at its call's start.
 */
final class Stamp implements Comparable<Stamp> {

  /** The order of effects that have the same time. */
  enum Kind {
    /** A mapping is there. */
    APPEAR,
    /** A call looks at what is there; changes nothing itself. */
    READ,
    /** The same call looks a second time. */
    READ_FOR_GROWTH,
    /** A mapping is gone. */
    VANISH,
    /** {@code /proc/self/maps} said otherwise than the calls. */
    CORRECTED
  }

  final long nanos;
  final Kind kind;
  final long start;
  final long end;

  private final int tid;
  private final boolean forced;
  private final boolean afterLoss;

  private Stamp(long nanos, Kind kind, long start, long end, int tid, boolean forced) {
    this(nanos, kind, start, end, tid, forced, false);
  }

  private Stamp(long nanos, Kind kind, long start, long end, int tid, boolean forced, boolean afterLoss) {
    this.nanos = nanos;
    this.kind = kind;
    this.start = start;
    this.end = end;
    this.tid = tid;
    this.forced = forced;
    this.afterLoss = afterLoss;
  }

  /** @param forced true where the call takes its address from the program (MAP_FIXED), not from the kernel */
  static Stamp appear(KernelCall call, boolean forced) {
    // A call takes time: with an end after its start, what it makes is never a source of itself.
    long end = Math.max(call.endNanos(), call.startNanos() + 1);
    return new Stamp(end, Kind.APPEAR, call.startNanos(), end, call.tid(), forced);
  }

  /** What the call makes its result of. */
  static Stamp read(KernelCall call) {
    return new Stamp(call.startNanos(), Kind.READ, call.startNanos(), call.endNanos(), call.tid(), false);
  }

  /** What the call makes the end of its result of, where it looks at one page for two reasons. */
  static Stamp readForGrowth(KernelCall call) {
    return new Stamp(call.startNanos(), Kind.READ_FOR_GROWTH, call.startNanos(), call.endNanos(), call.tid(), false);
  }

  static Stamp vanish(KernelCall call) {
    return new Stamp(call.startNanos(), Kind.VANISH, call.startNanos(), call.endNanos(), call.tid(), false);
  }

  /** Older than any call. */
  static Stamp seeded() {
    return new Stamp(0, Kind.APPEAR, 0, 0, 0, false);
  }

  /**
   * A correction from a reading. It gives way to each call that took effect after the reading began.
   *
   * @param afterLoss whether calls were lost before it
   */
  static Stamp corrected(long takenStart, long takenEnd, boolean afterLoss) {
    return new Stamp(takenStart, Kind.CORRECTED, takenStart, takenEnd, 0, false, afterLoss);
  }

  /** The last moment at which a call that starts at {@code nanos} finds things as they were. */
  static Stamp lookup(long nanos) {
    return new Stamp(nanos, Kind.READ, Long.MAX_VALUE, Long.MAX_VALUE, 0, false);
  }

  boolean writes() {
    return kind != Kind.READ && kind != Kind.READ_FOR_GROWTH;
  }

  /**
   * True for a correction that a call would explain which becomes known after it: the call went on during the reading,
   * or had made the same before. After a loss the latter may be an earlier mapping's, unmapped by a call that was lost.
   */
  boolean explainedBy(Stamp call, boolean madeTheSame) {
    return kind == Kind.CORRECTED && call.kind != Kind.CORRECTED && (call.end > start || madeTheSame && !afterLoss);
  }

  /**
   * True where the order of two effects, one next to the other, cannot be told from their times: they overlap, and one
   * took its address by force, so that neither had to wait for the other. A range of the kernel's own choice was free.
   */
  boolean ambiguousWith(Stamp other) {
    boolean byForce = forced && (other.forced || other.kind == Kind.VANISH) || other.forced && kind == Kind.VANISH;
    return byForce && start < other.end && other.start < end;
  }

  /** Zero only for the same effect of the same call: a thread starts one call at a time. */
  @Override
  public int compareTo(Stamp other) {
    int order = Long.compare(nanos, other.nanos);
    if (order == 0) {
      order = kind.compareTo(other.kind);
    }
    if (order == 0) {
      order = Long.compare(start, other.start);
    }
    return order != 0 ? order : Integer.compare(tid, other.tid);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Stamp stamp && compareTo(stamp) == 0;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(nanos * 31 + start) * 31 + tid;
  }

  @Override
  public String toString() {
    return kind + "@" + nanos + " [" + start + ", " + end + "] tid " + tid;
  }
}
