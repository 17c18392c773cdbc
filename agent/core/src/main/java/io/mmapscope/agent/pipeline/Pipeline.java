package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.kernel.RingFault;
import io.mmapscope.agent.kernel.RingReader;
import io.mmapscope.agent.kernel.RingRecord;
import io.mmapscope.agent.model.FaultTotal;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.KernelEvent;
import io.mmapscope.agent.model.Operation;
import io.mmapscope.agent.pipeline.CellReader.Finished;
import io.mmapscope.agent.spi.Listener;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * One round of the agent's thread: drain the page faults, the finished operations and the ring, join what belongs
 * together, bring the ledger up to date, tell the listeners.
 *
 * <p>The order of reading makes the join exact. An operation's ring records (those that its slot had no room for) are
 * sent before it finishes, so operations are drained first and the ring second. What ended after the round began may
 * refer to something that was not drained yet, and waits for the next. Page faults are drained before both, so that
 * what they found mapped is in the ledger when they are joined to it.
 */
public final class Pipeline {

  /** Ring records kept for operations that still run. Beyond it they count as outside any operation. */
  private static final int WAITING_MOST = 65_536;

  /** Where the ring's records come from. */
  public interface Ring {
    int drain(RingReader.Handler handler);

    /** False where the last {@link #drain} met a record that was being written, behind which there may be more. */
    boolean complete();

    Ring NONE =
        new Ring() {
          @Override
          public int drain(RingReader.Handler handler) {
            return 0;
          }

          @Override
          public boolean complete() {
            return true;
          }
        };
  }

  private record Event(long endNanos, Runnable handle) {}

  private final CellReader cells;
  private final Ring ring;
  private final Joiner joiner;
  private final Doubt doubt;
  private final Accounts accounts;
  private final Faults faults;
  private final RingReader.Handler sorter =
      new RingReader.Handler() {
        @Override
        public void call(RingRecord call) {
          sort(call);
        }

        @Override
        public void fault(RingFault fault) {
          faults.slow(fault);
        }
      };
  private final List<Listener> listeners = new ArrayList<>();
  private final Map<Long, List<KernelCall>> ofOperation = new HashMap<>();
  private final List<RingRecord> outside = new ArrayList<>();
  private final List<Finished> held = new ArrayList<>();
  /** What happened before the exporters were there; null once they are. */
  private List<Consumer<Listener>> early = new ArrayList<>();
  private final int earlyMost;
  private int waiting;

  /** The ledger knows of all calls that ended before this. */
  private long faultsSettled = System.nanoTime();

  /** @param earlyMost how many operations and events to keep for exporters that are not there yet */
  public Pipeline(
      MmapscopeCells cells,
      Ring ring,
      Joiner joiner,
      Doubt doubt,
      Accounts accounts,
      Faults.Tools faults,
      int earlyMost) {
    this.earlyMost = earlyMost;
    this.faults = new Faults(faults, message -> tell("before_exporters_fault", message));
    this.cells = new CellReader(cells, faults.directMemory());
    this.ring = ring;
    this.joiner = joiner;
    this.doubt = doubt;
    this.accounts = accounts;
  }

  /** Gives the listeners, all at once, and tells them what happened before. Called once. */
  public synchronized void start(List<Listener> all) {
    listeners.addAll(all);
    List<Consumer<Listener>> before = early;
    early = null;
    before.forEach(this::deliver);
    faults.start(listeners);
  }

  /**
   * Does one round. Only for one thread at a time.
   *
   * @return how many operations and records it read
   */
  public synchronized int round() {
    int read = faults.collect();
    long faultsUntil = faults.settledUntil(System.nanoTime());
    // After that: an operation that ended before it was asked for ended before this, and is handled in this round.
    long began = System.nanoTime();
    List<Finished> drained = cells.drain();
    accounts.unattributed("direct_memory_queue_full", cells.memoryLost());
    int records = outside.size() + waiting;
    ring.drain(sorter);
    if (ring.complete()) {
      faultsSettled = faultsUntil;
    }
    doubt.look();
    read += drained.size() + outside.size() + waiting - records;
    held.addAll(drained);
    if (!held.isEmpty() || !outside.isEmpty()) {
      for (Event event : settled(began)) {
        event.handle().run();
      }
    }
    faults.settle(began, faultsSettled);
    return read;
  }

  /** Tells of what waited for more of its kind. To be called once, after the last round. */
  public synchronized void finish() {
    faults.finishAll();
  }

  /** Handles all that ended before this. What ends during a round waits for the next one, so that takes two. */
  public void settle() {
    synchronized (this) {
      faults.untold().hurry();
    }
    round();
    round();
  }

  /** The page faults that the listeners are told of only as a number. Safe for any thread. */
  public List<FaultTotal> untoldFaults() {
    return faults.untold().totals();
  }

  /** What ended before the round began, in the order in which it ended: each finds the ledger as it was then. */
  private List<Event> settled(long began) {
    List<Event> events = new ArrayList<>();
    for (Finished each : takeSettled(held, Finished::endNanos, began)) {
      List<KernelCall> calls = calls(each);
      events.add(new Event(each.endNanos(), () -> handle(each, calls)));
    }
    for (RingRecord each : takeSettled(outside, ringRecord -> ringRecord.call().endNanos(), began)) {
      events.add(new Event(each.call().endNanos(), () -> handle(each)));
    }
    events.sort(Comparator.comparingLong(Event::endNanos));
    return events;
  }

  private void handle(Finished finished, List<KernelCall> calls) {
    Operation operation = joiner.complete(joiner.join(finished, calls));
    faults.finished(finished.operation(), operation.callSite());
    tell("before_exporters", listener -> listener.operation(operation));
  }

  private void handle(RingRecord ringRecord) {
    KernelEvent event = joiner.event(joiner.enter(ringRecord));
    tell("before_exporters_kernel_event", listener -> listener.kernelEvent(event));
  }

  private void sort(RingRecord ringRecord) {
    if (ringRecord.operation() > MmapscopeHooks.DROPPED && waiting < WAITING_MOST) {
      ofOperation.computeIfAbsent(ringRecord.operation(), key -> new ArrayList<>()).add(ringRecord.call());
      waiting++;
    } else {
      outside.add(ringRecord);
    }
  }

  private List<KernelCall> calls(Finished operation) {
    List<KernelCall> rest = ofOperation.remove(operation.operation());
    List<KernelCall> calls = operation.calls();
    if (rest != null) {
      waiting -= rest.size();
      calls.addAll(rest);
      calls.sort(Comparator.comparingLong(KernelCall::startNanos));
    } else if (calls.isEmpty() && !operation.kernelKnown()) {
      takeMatching(operation, calls);
    }
    return calls;
  }

  /** A thread without a slot: its mmap or munmap came through the ring, and address and time say whose it is. */
  private void takeMatching(Finished operation, List<KernelCall> calls) {
    for (Iterator<RingRecord> records = outside.iterator(); records.hasNext(); ) {
      KernelCall call = records.next().call();
      if (joiner.isOf(operation, call)) {
        calls.add(call);
        records.remove();
        return;
      }
    }
  }

  /** Takes out what ended before the round began. */
  private static <T> List<T> takeSettled(List<T> waiting, ToLongFunction<T> endNanos, long began) {
    List<T> settled = new ArrayList<>(waiting.size());
    List<T> later = new ArrayList<>();
    for (T each : waiting) {
      (endNanos.applyAsLong(each) - began < 0 ? settled : later).add(each);
    }
    waiting.clear();
    waiting.addAll(later);
    return settled;
  }

  private void tell(String reasonIfTooEarly, Consumer<Listener> message) {
    if (early != null) {
      if (early.size() < earlyMost) {
        early.add(message);
      } else {
        accounts.unattributed(reasonIfTooEarly, 1);
      }
      return;
    }
    deliver(message);
  }

  private void deliver(Consumer<Listener> message) {
    for (Listener listener : listeners) {
      try {
        message.accept(listener);
      } catch (Throwable failure) {
        accounts.failure("listener " + listener.getClass().getSimpleName(), failure);
      }
    }
  }
}
