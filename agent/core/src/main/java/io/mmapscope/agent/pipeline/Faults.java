package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.context.CompiledCode;
import io.mmapscope.agent.kernel.FaultRows;
import io.mmapscope.agent.kernel.RingFault;
import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.ledger.DirectMemory;
import io.mmapscope.agent.ledger.Ledger;
import io.mmapscope.agent.ledger.MemoryKinds;
import io.mmapscope.agent.ledger.PathResolver;
import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.FaultPlace;
import io.mmapscope.agent.model.TraceContext;
import io.mmapscope.agent.spi.Listener;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Page faults on their way to the listeners: each is joined to the mapping at its address as it was then, and to the
 * span of the application that was current on its thread. A fault waits until the ledger knows of every call that ended
 * before it. Only for the agent's thread.
 */
public final class Faults {

  /** Something may run for hours that holds faults back: after this long they are told without a mapping. */
  private static final long LONGEST_WAIT_NANOS = 1_000_000_000L;

  private static final long STALLS_NANOS = 250_000_000L;

  /** Where they come from. */
  public interface Source {
    int drain(FaultRows.Handler handler);

    /** False where the last {@link #drain} met a row that was being written, behind which there may be more. */
    boolean complete();

    /** Minor and major faults that the kernel has counted for the process; null where none are drained. */
    long[] counted();

    /** Whether a call is in progress that replaces what is mapped at an address. */
    boolean replacing();

    Source NONE =
        new Source() {
          @Override
          public int drain(FaultRows.Handler handler) {
            return 0;
          }

          @Override
          public boolean complete() {
            return true;
          }

          @Override
          public long[] counted() {
            return null;
          }

          @Override
          public boolean replacing() {
            return false;
          }
        };
  }

  /**
   * What they are joined with.
   *
   * @param slotsAddress of the first thread slot, or 0 where no library operation can be in progress
   * @param slotsUsed how many slots have ever been taken
   * @param minNanos setting {@code fault.min-duration}
   * @param log takes lines for stderr
   */
  public record Tools(
      Source source,
      Ledger ledger,
      Doubt doubt,
      MemoryKinds kinds,
      DirectMemory directMemory,
      ThreadRegistry threads,
      PathResolver paths,
      CompiledCode code,
      Accounts accounts,
      long slotsAddress,
      IntSupplier slotsUsed,
      long minNanos,
      long pageSize,
      Consumer<String> log) {}

  private final Tools tools;
  private final HeldFaults held = new HeldFaults();
  private final FaultLookup lookup;
  private final UnsettledOperations operations;
  private final Replacements replacements;
  private final Stalls stalls;
  private final LockWaits lockWaits;
  private final SlowFaults slow;
  private final UntoldFaults untold;
  private List<Listener> listeners = List.of();
  private EarlyFaults early = new EarlyFaults();
  private long nextStalls;
  private boolean overdue;

  /** @param tell tells the listeners, now or when they are there */
  Faults(Tools tools, Consumer<Consumer<Listener>> tell) {
    this.tools = tools;
    this.untold = new UntoldFaults(tools.source()::counted);
    this.lookup = new FaultLookup(tools.ledger(), tools.doubt(), tools.kinds(), tools.directMemory());
    this.operations = new UnsettledOperations(tools.slotsAddress(), tools.slotsUsed());
    this.replacements = new Replacements(tools.source()::replacing);
    this.stalls = new Stalls(tools.minNanos(), stall -> tell.accept(listener -> listener.stall(stall)));
    this.lockWaits = new LockWaits(wait -> tell.accept(listener -> listener.lockWait(wait)));
    this.slow =
        new SlowFaults(
            new SlowFaults.Tools(tools.threads(), tools.paths(), tools.code(), tools.log(), tools.pageSize()),
            lookup,
            fault -> tell.accept(listener -> listener.slowFault(fault)));
  }

  /** Gives the listeners, and tells them what happened before. */
  void start(List<Listener> all) {
    listeners = all;
    EarlyFaults before = early;
    early = null;
    for (Listener listener : all) {
      guarded(listener, () -> before.tell(listener));
    }
  }

  /** Takes what there is, before anything else is drained; returns how many. */
  int collect() {
    long[] counted = untold.look(System.nanoTime());
    int collected = tools.source().drain(this::collect);
    if (counted != null && tools.source().complete()) {
      untold.see(counted);
    }
    replacements.look();
    return collected;
  }

  private void collect(FaultRows fault) {
    boolean ofOperation = fault.kind() == Wire.FaultKind.LOCK_WAIT && fault.what() != Wire.Hook.PAGE_FAULT + 1;
    if (ofOperation && fault.address() > MmapscopeHooks.DROPPED) {
      lockWaits.addWithin(fault.address(), fault.what(), fault.durationNanos());
    } else if (ofOperation) {
      lockWaits.add(fault.what(), CallSite.UNKNOWN, fault.durationNanos());
    } else {
      boolean major = fault.kind() == Wire.FaultKind.MAJOR;
      if (fault.kind() != Wire.FaultKind.LOCK_WAIT) {
        untold.told(major);
      }
      if (!held.add(fault)) {
        tools.accounts().unattributed("fault_queue_full", 1);
        tell(FaultPlaces.UNKNOWN, major, fault.flags(), fault.durationNanos(), null);
      }
    }
  }

  /** Those that are told of only as a number. */
  UntoldFaults untold() {
    return untold;
  }

  /** The agent's own are counted, and no span. */
  void slow(RingFault fault) {
    if (!fault.has(Wire.FaultFlag.AGENT)) {
      slow.add(fault);
    }
  }

  /** An operation is complete. */
  void finished(long operation, CallSite callSite) {
    lockWaits.finish(operation, callSite);
  }

  /**
   * The moment until which operations hold nothing back, {@code now} or one before it. To be asked before each draining
   * of operations, and after {@link #collect}.
   */
  long settledUntil(long now) {
    return operations.settledUntil(now);
  }

  /**
   * Tells of the faults for which all is known.
   *
   * @param until the ledger knows of all calls that ended before this
   */
  void settle(long began, long until) {
    long replaced = replacements.settledUntil(until);
    if (held.count() + slow.waiting() > 0) {
      lookup.refresh();
      held.take(until, replaced, this::handle);
      long longest = began - LONGEST_WAIT_NANOS;
      slow.settle(until, replaced, longest);
      takeOverdue(longest);
    }
    slow.tell(began);
    if (began - nextStalls >= 0) {
      nextStalls = began + STALLS_NANOS;
      stalls.finishBefore(began - Stalls.QUIET_NANOS);
    }
  }

  private void takeOverdue(long before) {
    overdue = true;
    held.take(before, before, this::handle);
    overdue = false;
  }

  /** Nothing more is to come. */
  void finishAll() {
    long all = System.nanoTime();
    takeOverdue(all);
    slow.settle(all - LONGEST_WAIT_NANOS, all - LONGEST_WAIT_NANOS, all);
    slow.finish();
    lockWaits.finishAll();
    stalls.finishAll();
  }

  private void handle(HeldFaults.Fault fault) {
    boolean found = !overdue && lookup.find(fault.address, fault.startNanos(), fault.endNanos);
    if (fault.kind == Wire.FaultKind.LOCK_WAIT) {
      CallSite site = found ? lookup.mapping().creator().callSite() : CallSite.UNKNOWN;
      lockWaits.add(fault.what, site, fault.durationNanos);
      return;
    }
    if (found) {
      lookup.faults().add(fault.major(), fault.durationNanos);
    } else {
      tools.accounts().unattributed(overdue ? reason(fault) : lookup.obstacle(), 1);
    }
    if (fault.span != 0) {
      stalls.add(fault, found ? lookup.mapping() : null);
    } else if (fault.has(Wire.FaultFlag.CARRIER)) {
      tools.accounts().unattributed("fault_on_virtual_thread", 1);
    }
    boolean exemplar = fault.span != 0 && fault.durationNanos >= tools.minNanos();
    TraceContext trace =
        exemplar ? new TraceContext(fault.traceHigh, fault.traceLow, fault.span, true) : null;
    FaultPlace place = found ? lookup.place(fault.flags) : FaultPlaces.UNKNOWN;
    tell(place, fault.major(), fault.flags, fault.durationNanos, trace);
  }

  private static String reason(HeldFaults.Fault overdue) {
    return overdue.has(Wire.FaultFlag.CHANGING) ? "fault_while_mapping_changed" : "operation_in_progress";
  }

  private void tell(FaultPlace place, boolean major, int flags, long nanos, TraceContext trace) {
    boolean kernelMode = (flags & Wire.FaultFlag.KERNEL) != 0;
    if (early != null) {
      if (!early.add(place, major, kernelMode, nanos)) {
        untold.untold(major);
        tools.accounts().unattributed("before_exporters_fault", 1);
      }
      return;
    }
    for (int i = 0; i < listeners.size(); i++) {
      try {
        listeners.get(i).pageFault(place, major, kernelMode, nanos, trace);
      } catch (Throwable failure) {
        tools.accounts().failure("listener " + listeners.get(i).getClass().getSimpleName(), failure);
      }
    }
  }

  private void guarded(Listener listener, Runnable work) {
    try {
      work.run();
    } catch (Throwable failure) {
      tools.accounts().failure("listener " + listener.getClass().getSimpleName(), failure);
    }
  }
}
