package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.PageSize;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/**
 * The live mappings of this process, by address: what they are and who made them.
 *
 * <h2>Order</h2>
 *
 * Calls may be applied in any order: one that belongs to an operation is known when its Java method ends, others come
 * through a ring. The ledger is a register for each address in which the last writer wins, last by <em>effective
 * time</em> and not by arrival. What appears (mmap, the new range of mremap, remap_file_pages) counts from its call's
 * <em>end</em>; what vanishes (munmap, the old range of mremap) counts from its call's <em>start</em>. The reason: the
 * program knows an address only after the call that made it has returned, so a sane unmap of it starts after that end;
 * and a new mapping can be given the address only after the unmap took effect, which is after the unmap's start and
 * before the new mapping's end.
 *
 * <p>What is gone is remembered for a while, with a bound in time and in number, so that a late older call cannot bring
 * it back and {@link #at} can still be asked about it. mremap and remap_file_pages make something of what they find; if
 * that becomes known only later, what they made is corrected.
 *
 * <p>Two calls on one range that overlap in time, one of them with MAP_FIXED, have no order that could be told. They
 * are counted, {@link #at} does not answer for them, and {@link #reconcileWanted} asks for a look at {@code
 * /proc/self/maps}. So do a call older than what is remembered, a MAP_FIXED call that failed after it may have
 * unmapped its range, and an mremap of something unknown.
 *
 * <p>Each method may be called on any thread; one thread is meant to write. Addresses are user addresses, times are
 * CLOCK_MONOTONIC nanoseconds as {@link System#nanoTime} gives them. Memory of huge pages (MAP_HUGETLB), the growth of
 * the stack and of brk are known from {@code /proc/self/maps} alone.
 */
public final class Ledger {

  private static final long HORIZON_NANOS = 60_000_000_000L;
  private static final int MAX_HISTORY = 32_768;

  private final Ranges ranges;
  private final Effects effects;
  private final FileOwners owners;
  private List<Mapping> published = List.of();
  private boolean changed;
  private long changes;
  private long ambiguous;
  private long late;
  private long wantedSince = Long.MIN_VALUE;
  private boolean wanted;

  /** @param pageSize bytes, see {@link PageSize} */
  public Ledger(int pageSize) {
    this(pageSize, FileOwners.ofThisJvm(), HORIZON_NANOS, MAX_HISTORY);
  }

  Ledger(int pageSize, FileOwners owners, long horizonNanos, int maxHistory) {
    this.ranges = new Ranges(horizonNanos, maxHistory);
    this.effects = new Effects(ranges, pageSize);
    this.owners = owners;
  }

  /**
   * Enters what a call did. A failed call, and one that changes no mapping, changes nothing.
   *
   * @param creator who made the call, for what it maps
   * @param path absolute path of the file that it maps, or null where there is none or it is not certain
   */
  public synchronized void apply(KernelCall call, Mapping.Creator creator, String path) {
    boolean tooLate = effects.changesMappings(call) && ranges.forgotten(call.startNanos());
    boolean complete = effects.write(call, creator, path);
    boolean conflict = ranges.takeConflict();
    ambiguous += conflict ? 1 : 0;
    late += tooLate ? 1 : 0;
    if (!complete || conflict || tooLate) {
      wanted = true;
      wantedSince = Math.max(wantedSince, call.endNanos());
    }
    changed();
  }

  /**
   * What was at an address at a time: for a call that starts then, what it found. Also of mappings that are gone by
   * now, as long as they are remembered.
   *
   * @return the mapping or a piece of it, or null where nothing was there or what was there is not certain
   */
  public synchronized Mapping at(long address, long nanos) {
    Ranges.Part part = ranges.at(address, Stamp.lookup(nanos));
    return part == null ? null : part.content().mapping(part.start(), part.end());
  }

  /**
   * What was at an address for some time.
   *
   * @param mapping it, or a piece of it
   * @param sinceNanos for all that began after this
   * @param latest whether it is there still
   * @param faults of the mapping
   */
  public record Found(Mapping mapping, long sinceNanos, boolean latest, MappingFaults faults) {}

  /**
   * What was at an address all the time between two moments. Unlike {@link #at} it does not answer where a call on that
   * address went on meanwhile, nor where such a call's order with another is not certain.
   *
   * @return null where nothing was there or what was there is not certain
   */
  public synchronized Found throughout(long address, long startNanos, long endNanos) {
    if (!ranges.heardOf(address)) {
      // The heap of brk has grown, or a stack: only the kernel's list tells of that.
      wanted = true;
      wantedSince = Math.max(wantedSince, endNanos);
    }
    return ranges.throughout(address, startNanos, endNanos);
  }

  /** Page faults of the mapping that is at an address now, or null where there is none. */
  public synchronized MappingFaults faultsAt(long address) {
    Ranges.Part part = ranges.at(address, Stamp.lookup(Long.MAX_VALUE));
    return part == null ? null : part.content().faults();
  }

  /** How often the ledger was changed so far: while that stays the same, so does what it says of the present. */
  public synchronized long changes() {
    return changes;
  }

  /** The live mappings by address, as they are now; the list does not change. */
  public synchronized Collection<Mapping> mappings() {
    if (changed) {
      published = Collections.unmodifiableList(live(0, Integer.MAX_VALUE));
      changed = false;
    }
    return published;
  }

  /**
   * Some of the live mappings by address, to go through many of them bit by bit.
   *
   * @param from the first address
   * @param most how many at most
   */
  synchronized List<Mapping> live(long from, int most) {
    List<Ranges.Part> parts = ranges.live(from, most);
    List<Mapping> live = new ArrayList<>(parts.size());
    for (Ranges.Part part : parts) {
      live.add(part.content().mapping(part.start(), part.end()));
    }
    return live;
  }

  /** Enters what was mapped before the first call that the agent sees. May come after calls that it is older than. */
  public synchronized void seed(List<MapsLine> lines) {
    Stamp stamp = Stamp.seeded();
    for (Truth truth : Truth.of(lines, owners, effects::nextId)) {
      ranges.write(truth.start(), truth.end(), stamp, truth.content());
    }
    changed();
  }

  /**
   * Makes the ledger equal to the kernel's list, but for ranges that a call changed during the reading or after it.
   * Creators are kept where file and offset agree.
   *
   * @param lines {@code /proc/self/maps}
   * @param takenStartNanos {@link System#nanoTime} before the reading
   * @param takenEndNanos {@link System#nanoTime} after it
   */
  public Reconciliation reconcile(List<MapsLine> lines, long takenStartNanos, long takenEndNanos) {
    return reconcile(lines, takenStartNanos, takenEndNanos, false);
  }

  /**
   * The same where calls were lost: of a creator only the owner is kept. The same file at the same place may by now be a
   * mapping that somebody else made, and its call site, thread and trace would be wrong.
   */
  public Reconciliation reconcileAfterLoss(List<MapsLine> lines, long takenStartNanos, long takenEndNanos) {
    return reconcile(lines, takenStartNanos, takenEndNanos, true);
  }

  private synchronized Reconciliation reconcile(
      List<MapsLine> lines, long takenStartNanos, long takenEndNanos, boolean callsLost) {
    if (takenEndNanos < takenStartNanos) {
      throw new IllegalArgumentException(
          "reading of /proc/self/maps ends at " + takenEndNanos + ", before its start at " + takenStartNanos);
    }
    Reconciliation.Writer writer = new Reconciliation.Writer(takenStartNanos, takenEndNanos, callsLost);
    Sweep.walk(ranges.latest(), Truth.of(lines, owners, effects::nextId), writer);
    Reconciliation result = writer.write(ranges);
    wanted &= wantedSince > takenStartNanos;
    changed();
    return result;
  }

  /** Where the ledger and the kernel's list differ on mapped files; empty where they agree. */
  public synchronized List<Difference> compare(List<MapsLine> lines) {
    Difference.Finder finder = new Difference.Finder();
    Sweep.walk(ranges.latest(), Truth.of(lines, owners, effects::nextId), finder);
    return finder.found();
  }

  /** True where only {@code /proc/self/maps} can tell what is mapped now. */
  public synchronized boolean reconcileWanted() {
    return wanted;
  }

  /** Calls whose order with another could not be told, so far. */
  public synchronized long ambiguousCalls() {
    return ambiguous;
  }

  /** Calls that came later than what the ledger remembers, so far. */
  public synchronized long lateCalls() {
    return late;
  }

  private void changed() {
    changed = true;
    changes++;
  }

  synchronized int segmentCount() {
    return ranges.segmentCount();
  }
}
