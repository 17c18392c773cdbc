package io.mmapscope.agent.pipeline;

import static io.mmapscope.agent.pipeline.Touched.AT;
import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.kernel.FaultRows;
import io.mmapscope.agent.kernel.WrittenFaults;
import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.ledger.DirectMemory;
import io.mmapscope.agent.ledger.Ledger;
import io.mmapscope.agent.ledger.MemoryKinds;
import io.mmapscope.agent.model.FaultPlace;
import io.mmapscope.agent.model.FaultTotal;
import io.mmapscope.agent.model.LockWait;
import io.mmapscope.agent.model.Stall;
import io.mmapscope.agent.model.TraceContext;
import io.mmapscope.agent.spi.Listener;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Rows as the kernel writes them, to what a listener is told. Times count from a moment a while from now. */
class FaultsTest {

  private static final long SECOND = 1_000_000_000L;
  private static final int MINOR = Wire.FaultKind.MINOR;
  private static final int MAJOR = Wire.FaultKind.MAJOR;
  private static final int SPAN = 9;

  private final WrittenFaults written = new WrittenFaults();
  private final Ledger ledger = new Ledger(Touched.PAGE);
  private final AtomicLong losses = new AtomicLong();
  private final Doubt doubt = new Doubt(losses::get);
  private final Accounts accounts = new Accounts(line -> {});
  private final List<String> told = new ArrayList<>();
  private final List<Stall> stalls = new ArrayList<>();
  private final List<LockWait> waits = new ArrayList<>();
  private final AtomicBoolean replacing = new AtomicBoolean();
  private long[] kernels;
  private final Faults.Source source =
      new Faults.Source() {
        @Override
        public int drain(FaultRows.Handler handler) {
          return written.rows().drain(handler);
        }

        @Override
        public boolean complete() {
          return written.rows().complete();
        }

        @Override
        public long[] counted() {
          return kernels;
        }

        @Override
        public boolean replacing() {
          return replacing.get();
        }
      };
  private final Listener listener =
      new Listener() {
        @Override
        public void pageFault(FaultPlace place, boolean major, boolean kernelMode, long nanos, TraceContext slowIn) {
          told.add(
              place.fileExtension() + (major ? " major" : " minor") + (kernelMode ? " kernel" : "") + (slowIn == null ? "" : " slow"));
        }

        @Override
        public void stall(Stall stall) {
          stalls.add(stall);
        }

        @Override
        public void lockWait(LockWait wait) {
          waits.add(wait);
        }
      };
  private final Faults faults =
      new Faults(
          new Faults.Tools(
              source,
              ledger,
              doubt,
              new MemoryKinds(command -> null, List::of),
              new DirectMemory(),
              new ThreadRegistry(null, () -> 0),
              null,
              null,
              accounts,
              0,
              () -> 0,
              1000,
              Touched.PAGE,
              line -> {}),
          (Consumer<Listener> message) -> message.accept(listener));
  private final long now = System.nanoTime() + SECOND;

  private void fault(int kind, long start, long end, long span, int flags) {
    written.add(kind, 0, AT + 3, now + start, now + end, span, flags);
    faults.collect();
  }

  private void settle(long until) {
    faults.settle(now + until, now + until);
  }

  private void started() {
    faults.start(List.of(listener));
    Touched.map(ledger, now + 10, now + 20, 1, "/d/a.dat");
  }

  @Test
  void eachIsToldOnceWithWhatWasThere() {
    started();
    fault(MINOR, 30, 31, 0, 0);
    fault(MAJOR, 40, 5040, SPAN, 0);
    fault(MINOR, 50, 51, 0, Wire.FaultFlag.KERNEL);
    settle(10_000);
    settle(20_000);
    assertThat(told).containsExactly("dat minor", "dat major slow", "dat minor kernel");
    assertThat(ledger.faultsAt(AT).minor()).isEqualTo(2);
    assertThat(ledger.faultsAt(AT).major()).isEqualTo(1);
    assertThat(ledger.faultsAt(AT).nanos()).isEqualTo(5002);
    assertThat(accounts.unattributed()).isEmpty();
  }

  @Test
  void waitsUntilTheLedgerKnowsWhatEndedBeforeIt() {
    started();
    fault(MINOR, 60, 61, 0, 0);
    settle(61);
    assertThat(told).isEmpty();
    Touched.mapOver(ledger, now + 40, now + 50, 2, "/d/b.idx");
    settle(62);
    assertThat(told).containsExactly("idx minor");
  }

  @Test
  void whatIsNotCertainIsToldWithoutAPlaceAndCounted() {
    started();
    fault(MINOR, 5, 15, 0, 0);
    settle(100);
    losses.incrementAndGet();
    doubt.look();
    fault(MAJOR, 110, 111, 0, 0);
    settle(200);
    assertThat(told).containsExactly("none minor", "none major");
    assertThat(accounts.unattributed()).isEqualTo(Map.of("fault_mapping_unknown", 1L, "ledger_in_doubt", 1L));
  }

  @Test
  void whileMappingsAreReplacedItWaitsForWhatReplacedThem() {
    long then = System.nanoTime();
    long elsewhere = AT + 4 * Touched.PAGE;
    Touched.map(ledger, then + 10, then + 20, 1, "/d/a.dat");
    Touched.mapAt(ledger, then + 10, then + 20, elsewhere, 2, "/d/b.idx");
    faults.start(List.of(listener));
    replacing.set(true);
    written.add(MINOR, 0, AT, then + 30, then + 31, 0, Wire.FaultFlag.CHANGING);
    written.add(MINOR, 0, elsewhere, then + 30, then + 31, 0, Wire.FaultFlag.CHANGING);
    written.add(MINOR, 0, AT, then + 22, then + 23, 0, 0);
    faults.collect();
    faults.settle(now, now);
    assertThat(told).containsExactly("dat minor");

    replacing.set(false);
    long before = System.nanoTime();
    faults.collect();
    faults.settle(now, before); // the ledger does not know yet of all that ended before the look
    assertThat(told).hasSize(1);
    Touched.mapOver(ledger, then + 25, then + 40, 3, "/d/c.pos");
    faults.settle(now, now);
    assertThat(told.subList(1, 3)).containsExactly("none minor", "idx minor");
    assertThat(accounts.unattributed()).isEqualTo(Map.of("fault_mapping_unknown", 1L));
  }

  @Test
  void waitsForReplacementsAtMostASecondOrUntilTheEnd() {
    started();
    replacing.set(true);
    fault(MINOR, 30, 31, 0, Wire.FaultFlag.CHANGING);
    faults.settle(now + SECOND, now + SECOND);
    assertThat(told).isEmpty();
    faults.settle(now + SECOND + 32, now + SECOND);
    assertThat(told).containsExactly("none minor");
    long then = System.nanoTime();
    written.add(MAJOR, 0, AT, then - 1, then, 0, Wire.FaultFlag.CHANGING);
    faults.collect();
    faults.settle(then, then);
    faults.finishAll();
    assertThat(told).containsExactly("none minor", "none major");
    assertThat(accounts.unattributed()).isEqualTo(Map.of("fault_while_mapping_changed", 2L));
  }

  @Test
  void waitsForALibraryOperationAtMostASecond() {
    started();
    fault(MINOR, 60, 61, 0, 0);
    faults.settle(now + SECOND, now + 50);
    assertThat(told).isEmpty();
    faults.settle(now + SECOND + 62, now + 50);
    assertThat(told).containsExactly("none minor");
    assertThat(accounts.unattributed()).isEqualTo(Map.of("operation_in_progress", 1L));
  }

  @Test
  void onACarrierWhoseTraceIsNotKnownItIsNoPartOfASpan() {
    started();
    fault(MAJOR, 30, 5030, 0, Wire.FaultFlag.CARRIER);
    settle(10_000);
    faults.finishAll();
    assertThat(told).containsExactly("dat major");
    assertThat(stalls).isEmpty();
    assertThat(accounts.unattributed()).isEqualTo(Map.of("fault_on_virtual_thread", 1L));
  }

  @Test
  void aSpansFaultsAreAddedUpThoseNotCertainToo() {
    started();
    fault(MAJOR, 30, 5030, SPAN, 0);
    settle(5900);
    losses.incrementAndGet();
    doubt.look();
    fault(MINOR, 6000, 6001, SPAN, 0);
    settle(10_000);
    faults.finishAll();
    assertThat(stalls).hasSize(1);
    assertThat(stalls.get(0).major()).isEqualTo(1);
    assertThat(stalls.get(0).minor()).isEqualTo(1);
    assertThat(stalls.get(0).files()).containsExactly(new Stall.File("/d/a.dat", Touched.site(1), 1, 5000));
  }

  @Test
  void waitsForTheLockAreNoFaults() {
    started();
    int forFault = Wire.Hook.PAGE_FAULT + 1;
    written.add(Wire.FaultKind.LOCK_WAIT, forFault, AT, now + 30, now + 40, 0, 0);
    written.add(Wire.FaultKind.LOCK_WAIT, Wire.Hook.MUNMAP + 1, 77, now + 30, now + 50, 0, 0);
    faults.collect();
    settle(100);
    faults.finished(77, Touched.site(5));
    assertThat(told).isEmpty();
    assertThat(waits)
        .containsExactly(
            new LockWait("page_fault", Touched.site(1), 10), new LockWait("munmap", Touched.site(5), 20));
  }

  @Test
  void whatCameBeforeTheExportersIsToldThem() {
    Touched.map(ledger, now + 10, now + 20, 1, "/d/a.dat");
    fault(MINOR, 30, 31, 0, 0);
    fault(MAJOR, 30, 31, 0, Wire.FaultFlag.KERNEL);
    fault(MINOR, 5, 15, 0, 0);
    settle(100);
    assertThat(told).isEmpty();
    faults.start(List.of(listener));
    assertThat(told).containsExactly("dat minor", "dat major kernel", "none minor");
  }

  /** A look at the kernel's counters, at once. */
  private List<FaultTotal> untold(long minor, long major) {
    kernels = new long[] {minor, major};
    faults.untold().hurry();
    faults.collect();
    return faults.untold().totals();
  }

  private static List<FaultTotal> unknown(long minor, long major) {
    return List.of(
        new FaultTotal(false, FaultTotal.Mode.UNKNOWN, minor), new FaultTotal(true, FaultTotal.Mode.UNKNOWN, major));
  }

  @Test
  void whatTheKernelCountsBesidesIsItsOwnKind() {
    started();
    fault(MINOR, 30, 31, 0, 0);
    fault(MAJOR, 40, 5040, SPAN, 0);
    written.add(Wire.FaultKind.LOCK_WAIT, Wire.Hook.PAGE_FAULT + 1, AT, now, now + 1, 0, 0);
    assertThat(untold(5, 1)).isEqualTo(unknown(4, 0));
    fault(MINOR, 50, 51, 0, 0);
    assertThat(untold(6, 4)).isEqualTo(unknown(4, 3));
  }

  @Test
  void itNeverBecomesLess() {
    assertThat(untold(5, 1)).isEqualTo(unknown(5, 1));
    fault(MINOR, 30, 31, 0, 0);
    assertThat(untold(5, 1)).isEqualTo(unknown(5, 1));
  }

  @Test
  void rowsBehindOneThatIsBeingWrittenAreNotTakenForMissing() {
    assertThat(untold(2, 0)).isEqualTo(unknown(2, 0));
    written.beginNext();
    assertThat(untold(3, 0)).isEqualTo(unknown(2, 0));
  }

  @Test
  void withoutCountersOfTheKernelsThereIsNone() {
    faults.untold().hurry();
    faults.collect();
    assertThat(faults.untold().totals()).isEmpty();
  }
}
