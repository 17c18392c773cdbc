package io.mmapscope.agent.hotpath;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.kernel.wire.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The hot path with slots in ordinary memory, and the test in the kernel's part. */
class HooksTest {

  private static final int QUEUE = 64;

  private final AtomicInteger registered = new AtomicInteger();
  private final List<Throwable> failures = new ArrayList<>();
  private long slots;
  private MmapscopeCells cells;

  @BeforeEach
  void start() {
    slots = MmapscopeMemory.reserve((long) Wire.Limit.SLOTS * Wire.Slot.SIZE);
    MmapscopeMemory.clear(slots, (long) Wire.Limit.SLOTS * Wire.Slot.SIZE);
    cells = MmapscopeGate.open(new FakeRuntime(), QUEUE, slots);
  }

  @AfterEach
  void stop() {
    MmapscopeGate.forget(0);
    assertThat(failures).isEmpty();
  }

  private class FakeRuntime extends MmapscopeRuntime {
    @Override
    public int registerThread(Thread carrier) {
      return registered.getAndIncrement();
    }

    @Override
    public int callSite(int skipped) {
      return 7;
    }

    @Override
    public int trace(MmapscopeThread thread, long address) {
      MmapscopeMemory.putLong(address, 11);
      MmapscopeMemory.putLong(address + 8, 12);
      MmapscopeMemory.putLong(address + 16, 13);
      return MmapscopeCells.TRACED;
    }

    @Override
    public byte[] contextReader(String storage) {
      return null;
    }

    @Override
    public Object stack(long durationNanos, int flags) {
      return null;
    }

    @Override
    public void failed(Throwable failure) {
      failures.add(failure);
    }
  }

  /** Each test has its own thread: slots stay with threads. */
  private static void onNewThread(Runnable work) throws InterruptedException {
    List<Throwable> thrown = new ArrayList<>();
    Thread thread = new Thread(work);
    thread.setUncaughtExceptionHandler((t, failure) -> thrown.add(failure));
    thread.start();
    thread.join();
    assertThat(thrown).isEmpty();
  }

  /** What BPF does at a system call's exit. */
  private void kernelCall(long slot, long marker) {
    long calls = MmapscopeMemory.getLong(slot + Wire.Slot.CALLS);
    if (calls - MmapscopeMemory.getLong(slot + Wire.Slot.CONSUMED) >= Wire.Slot.CALL_COUNT) {
      add(slot + Wire.Slot.OVERFLOWED, 1);
      return;
    }
    long call = slot + Wire.Slot.CALL + calls % Wire.Slot.CALL_COUNT * Wire.Call.SIZE;
    MmapscopeMemory.putLong(call + Wire.Call.OPERATION, MmapscopeMemory.getLong(slot + Wire.Slot.OPERATION));
    MmapscopeMemory.putLong(call + Wire.Call.RESULT, marker);
    add(slot + Wire.Slot.CALLS, 1);
    add(slot + Wire.Slot.CALL_NS, 100);
  }

  private static void add(long address, long delta) {
    MmapscopeMemory.putLong(address, MmapscopeMemory.getLong(address) + delta);
  }

  private List<Long> markers(int cell) {
    List<Long> markers = new ArrayList<>();
    for (int at = cell; at >= 0; at = cells.more(at)) {
      for (int i = 0; i < MmapscopeMemory.getInt(cells.address(at) + MmapscopeCells.STORED); i++) {
        long call = cells.address(at) + MmapscopeCells.CALLS + (long) i * MmapscopeCells.CALL_BYTES;
        markers.add(MmapscopeMemory.getLong(call + Wire.Call.RESULT));
      }
    }
    return markers;
  }

  /** Gives a cell and those behind it back, as the agent's thread does, and counts them. */
  private int release(int first) {
    int released = 0;
    for (int cell = first; cell >= 0; released++) {
      int next = cells.next(cell);
      cells.release(cell);
      cell = next;
    }
    return released;
  }

  private long field(int cell, int offset) {
    return MmapscopeMemory.getLong(cells.address(cell) + offset);
  }

  @Test
  void carriesAnOperationWithItsKernelCalls() throws InterruptedException {
    onNewThread(
        () -> {
          long token = MmapscopeHooks.enter(MmapscopeHooks.MAP, 0);
          long operation = MmapscopeMemory.getLong(slots + Wire.Slot.OPERATION);
          assertThat(operation).isGreaterThan(MmapscopeHooks.DROPPED);
          kernelCall(slots, 42);
          MmapscopeHooks.exit(token, "/a", 0x1000, 10, 20, 1, null);
          assertThat(MmapscopeMemory.getLong(slots + Wire.Slot.OPERATION)).isZero();

          int cell = cells.takeDone();
          assertThat(field(cell, MmapscopeCells.OPERATION)).isEqualTo(operation);
          assertThat(markers(cell)).containsExactly(42L);
          assertThat(field(cell, MmapscopeCells.COUNT)).isEqualTo(1);
          assertThat(field(cell, MmapscopeCells.CALL_NANOS)).isEqualTo(100);
          assertThat(field(cell, MmapscopeCells.ADDRESS)).isEqualTo(0x1000);
          assertThat(field(cell, MmapscopeCells.SPAN)).isEqualTo(13);
          assertThat(MmapscopeMemory.getInt(cells.address(cell) + MmapscopeCells.CALL_SITE)).isEqualTo(7);
          assertThat(cells.reference(cell, MmapscopeCells.PATH)).isEqualTo("/a");
          assertThat(cells.next(cell)).isNegative();
          release(cell);
        });
  }

  @Test
  void anInnerOperationTakesItsOwnCallsAndLeavesTheOuterOnes() throws InterruptedException {
    onNewThread(
        () -> {
          long outer = MmapscopeHooks.enter(MmapscopeHooks.LIBRARY, 3);
          kernelCall(slots, 1);
          kernelCall(slots, 2);
          long inner = MmapscopeHooks.enter(MmapscopeHooks.MAP, 0);
          kernelCall(slots, 3);
          MmapscopeHooks.exit(inner, null, 0, 0, 0, 0, null);
          kernelCall(slots, 4);
          kernelCall(slots, 5);
          kernelCall(slots, 6);
          kernelCall(slots, 7);
          kernelCall(slots, 8);
          MmapscopeHooks.exit(outer, null, 0, 0, 0, 0, null);

          int last = cells.takeDone();
          assertThat(markers(last)).containsExactly(1L, 2L, 4L, 5L, 6L, 7L);
          assertThat(field(last, MmapscopeCells.COUNT)).isEqualTo(7);
          assertThat(field(last, MmapscopeCells.OVERFLOWED)).isEqualTo(1);
          int first = cells.next(last);
          assertThat(markers(first)).containsExactly(3L);
          release(last);
        });
  }

  @Test
  void refusesWhenTheQueueIsFullAndCountsIt() throws InterruptedException {
    onNewThread(
        () -> {
          for (int i = 0; i < QUEUE; i++) {
            MmapscopeHooks.exit(MmapscopeHooks.enter(MmapscopeHooks.MAP, 0), null, 0, 0, 0, 0, null);
          }
          long refused = MmapscopeHooks.enter(MmapscopeHooks.MAP, 0);
          assertThat(MmapscopeMemory.getLong(slots + Wire.Slot.OPERATION)).isEqualTo(MmapscopeHooks.DROPPED);
          long inside = MmapscopeHooks.enter(MmapscopeHooks.UNMAP, 0);
          MmapscopeHooks.exit(inside, null, 0, 0, 0, 0, null);
          assertThat(MmapscopeMemory.getLong(slots + Wire.Slot.OPERATION)).isEqualTo(MmapscopeHooks.DROPPED);
          MmapscopeHooks.exit(refused, null, 0, 0, 0, 0, null);
          assertThat(MmapscopeMemory.getLong(slots + Wire.Slot.OPERATION)).isZero();
          assertThat(cells.refused()).isEqualTo(2);

          assertThat(release(cells.takeDone())).isEqualTo(QUEUE);
          long token = MmapscopeHooks.enter(MmapscopeHooks.MAP, 0);
          assertThat(token).isPositive();
          MmapscopeHooks.exit(token, null, 0, 0, 0, 0, null);
        });
  }

  @Test
  void manyThreadsLoseNothing() throws InterruptedException {
    int threads = 8;
    int each = 20_000;
    List<Thread> all = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < each; i++) {
                  long token = MmapscopeHooks.enter(MmapscopeHooks.MAP, 0);
                  MmapscopeHooks.exit(token, null, i + 1, 0, 0, 0, null);
                }
              });
      all.add(thread);
      thread.start();
    }
    long received = 0;
    long sum = 0;
    boolean running = true;
    while (running) {
      running = all.stream().anyMatch(Thread::isAlive);
      for (int cell = cells.takeDone(); cell >= 0; ) {
        int next = cells.next(cell);
        received++;
        sum += field(cell, MmapscopeCells.ADDRESS);
        cells.release(cell);
        cell = next;
      }
    }
    assertThat(received + cells.refused()).isEqualTo((long) threads * each);
    assertThat(received).isPositive();
    assertThat(sum).isPositive();
  }

  @Test
  void aCallSiteIsTrueForTheCallOnly() throws InterruptedException {
    MmapscopeHooks.announce();
    onNewThread(
        () -> {
          MmapscopeHooks.exit(MmapscopeHooks.enter(MmapscopeHooks.MAP, 0), null, 0, 0, 0, 0, null);
          MmapscopeHooks.at("a class of the JDK", 99);
          MmapscopeHooks.exit(MmapscopeHooks.enter(MmapscopeHooks.MAP, 0), null, 0, 0, 0, 0, null);
          MmapscopeHooks.left();
          MmapscopeHooks.exit(MmapscopeHooks.enter(MmapscopeHooks.MAP, 0), null, 0, 0, 0, 0, null);
          MmapscopeHooks.at(this, 98);
          MmapscopeHooks.exit(MmapscopeHooks.enter(MmapscopeHooks.MAP, 0), null, 0, 0, 0, 0, null);
          MmapscopeHooks.at(null, 97);
          MmapscopeHooks.exit(MmapscopeHooks.enter(MmapscopeHooks.MAP, 0), null, 0, 0, 0, 0, null);
          List<Integer> sites = new ArrayList<>();
          int done = cells.takeDone();
          for (int cell = done; cell >= 0; cell = cells.next(cell)) {
            sites.add(0, MmapscopeMemory.getInt(cells.address(cell) + MmapscopeCells.CALL_SITE));
          }
          release(done);
          assertThat(sites).containsExactly(7, 99, 7, 7, 7);
        });
  }

  @Test
  void anOperationThatOutlivesItsAgentGivesItsCellBackAndIsNobodys() throws InterruptedException {
    onNewThread(
        () -> {
          for (int i = 0; i < 2 * QUEUE; i++) {
            long operation = MmapscopeHooks.enter(MmapscopeHooks.MAP, 0);
            assertThat(operation).as("operation %d", i).isPositive();
            assertThat(cells.inProgress()).isEqualTo(1);
            MmapscopeGate.close();
            assertThat(MmapscopeHooks.enter(MmapscopeHooks.MAP, 0)).isZero();
            MmapscopeGate.forget(0);
            boolean nextIsThere = i % 2 == 0;
            if (nextIsThere) {
              assertThat(MmapscopeGate.open(new FakeRuntime(), QUEUE, slots)).isSameAs(cells);
            }
            MmapscopeHooks.exit(operation, "/a", 1, 2, 3, 0, null);
            if (!nextIsThere) {
              MmapscopeGate.open(new FakeRuntime(), QUEUE, slots);
            }
            assertThat(cells.takeDone()).isNegative();
            assertThat(cells.refused()).isZero();
          }
        });
  }

  @Test
  void whatEndsBeforeTheAgentForgetsIsStillRecorded() throws InterruptedException {
    onNewThread(
        () -> {
          long operation = MmapscopeHooks.enter(MmapscopeHooks.MAP, 0);
          MmapscopeGate.close();
          MmapscopeHooks.exit(operation, "/a", 0x1000, 2, 3, 0, null);
          assertThat(cells.inProgress()).isZero();
          int cell = cells.takeDone();
          assertThat(cells.isCurrent(cell)).isTrue();
          assertThat(field(cell, MmapscopeCells.ADDRESS)).isEqualTo(0x1000);
          release(cell);
        });
  }

  @Test
  void aThreadKnownToOneAgentIsRegisteredAnewWithTheNext() throws InterruptedException {
    onNewThread(
        () -> {
          MmapscopeHooks.exit(MmapscopeHooks.enter(MmapscopeHooks.MAP, 0), null, 0, 0, 0, 0, null);
          MmapscopeGate.forget(0);
          long others = MmapscopeMemory.reserve(16L * Wire.Slot.SIZE);
          MmapscopeMemory.clear(others, 16L * Wire.Slot.SIZE);
          MmapscopeGate.open(new FakeRuntime(), QUEUE, others);
          assertThat(MmapscopeGate.slotsAddress()).isEqualTo(others);
          long slot = others + Wire.Slot.SIZE;
          long operation = MmapscopeHooks.enter(MmapscopeHooks.MAP, 0);
          assertThat(registered).hasValue(2);
          assertThat(MmapscopeMemory.getLong(slot + Wire.Slot.OPERATION)).isGreaterThan(MmapscopeHooks.DROPPED);
          MmapscopeHooks.exit(operation, null, 0, 0, 0, 0, null);
          assertThat(MmapscopeMemory.getLong(slots + Wire.Slot.OPERATION)).isZero();
        });
  }

  @Test
  void aLargerQueueBringsItsOwnCellsAndASmallerOneKeepsThem() throws InterruptedException {
    onNewThread(
        () -> {
          long operation = MmapscopeHooks.enter(MmapscopeHooks.MAP, 0);
          MmapscopeGate.forget(0);
          MmapscopeCells larger = MmapscopeGate.open(new FakeRuntime(), 2 * QUEUE, slots);
          assertThat(larger).isNotSameAs(cells);
          MmapscopeHooks.exit(operation, null, 0, 0, 0, 0, null);
          assertThat(larger.takeDone()).isNegative();
          MmapscopeGate.forget(0);
          assertThat(MmapscopeGate.open(new FakeRuntime(), QUEUE, slots)).isSameAs(larger);
        });
  }

  @Test
  void numbersOfCallSitesOfOneAgentAreRememberedForTheNext() {
    MmapscopeGate.forget(41);
    assertThat(MmapscopeGate.callSites()).isGreaterThanOrEqualTo(41);
    MmapscopeGate.forget(3);
    assertThat(MmapscopeGate.callSites()).isGreaterThanOrEqualTo(41);
  }
}
