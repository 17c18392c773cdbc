package io.mmapscope.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Pointer;
import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.model.HookCounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** More page faults between two readings than there are rows: those beyond are counted, and nothing else suffers. */
class FaultOverflowTest extends AttachedKernel {

  private static final int RW = Syscalls.PROT_READ | Syscalls.PROT_WRITE;
  private static final int PRIVATE = Syscalls.MAP_PRIVATE | Syscalls.MAP_ANONYMOUS;
  private static final long PAGE = Syscalls.PAGE;
  private static final int PAGES = 4096;
  private static final int ROUNDS = 24;
  private static final int TOUCHED = PAGES * ROUNDS;
  private static final int MADV_DONTNEED = 4;
  private static final int MADV_NOHUGEPAGE = 15;

  /** A fault as its row tells of it. */
  private record Row(long page, long startNanos, long endNanos) {}

  private final List<Row> own = new ArrayList<>();
  private final long[] roundBegan = new long[ROUNDS + 1];
  private long start;
  private long drained;

  @BeforeEach
  void map() {
    start = Syscalls.call(Syscalls.MMAP, 0, PAGES * PAGE, RW, PRIVATE, -1, 0);
    assertThat(start).isPositive();
    Syscalls.call(Syscalls.MADVISE, start, PAGES * PAGE, MADV_NOHUGEPAGE);
  }

  @AfterEach
  void unmap() {
    Syscalls.call(Syscalls.MUNMAP, start, PAGES * PAGE);
  }

  private void touch(int pages) {
    Pointer memory = new Pointer(start);
    for (int page = 0; page < pages; page++) {
      memory.setByte(page * PAGE, (byte) 1);
    }
  }

  private void touchRoundByRound() {
    for (int round = 0; round < ROUNDS; round++) {
      roundBegan[round] = System.nanoTime();
      touch(PAGES);
      Syscalls.call(Syscalls.MADVISE, start, PAGES * PAGE, MADV_DONTNEED);
    }
    roundBegan[ROUNDS] = System.nanoTime();
  }

  private void drain() {
    drained += kernel.faults().drain(this::take);
  }

  private void take(FaultRows row) {
    long offset = row.address() - start;
    if (row.tid() == tid && offset >= 0 && offset < PAGES * PAGE && row.kind() == Wire.FaultKind.MINOR) {
      own.add(new Row(offset / PAGE, row.endNanos() - row.durationNanos(), row.endNanos()));
    }
    if (row.kind() == Wire.FaultKind.LOCK_WAIT) {
      drained--;
    }
  }

  /** The counts, at a moment when all rows of the faults in them are read. */
  private HookCounts settled() {
    for (int i = 0; i < 1000; i++) {
      drain();
      HookCounts counts = counts();
      if (drained == counts.sent()) {
        return counts;
      }
    }
    throw new AssertionError("rows read " + drained + ", counts " + counts());
  }

  private static HookCounts counts() {
    return kernel.hookCounts().get(Wire.Hook.PAGE_FAULT);
  }

  /** Minor and major ones, as the kernel has them for whoever the file is about. */
  private static long faultsIn(String stat) throws IOException {
    String text = Files.readString(Path.of(stat));
    String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
    return Long.parseLong(fields[7]) + Long.parseLong(fields[9]);
  }

  private long inSlot() {
    return field(Wire.Slot.FAULTS_MINOR) + field(Wire.Slot.FAULTS_MAJOR);
  }

  @Test
  void whatFindsNoRoomIsCountedAndTheTotalsAreTheKernels() throws Exception {
    assertThat(counts().hook()).isEqualTo("page_fault");
    faultsIn("/proc/thread-self/stat");
    HookCounts before = settled();
    own.clear();
    long process = faultsIn("/proc/self/stat");
    long thread = faultsIn("/proc/thread-self/stat");
    long slotBefore = inSlot();

    touchRoundByRound();

    long ofSlot = inSlot() - slotBefore;
    long ofThread = faultsIn("/proc/thread-self/stat") - thread;
    HookCounts after = settled();
    long ofProcess = faultsIn("/proc/self/stat") - process;
    long seen = after.seen() - before.seen();
    long sent = after.sent() - before.sent();
    long lost = after.lost() - before.lost();
    assertThat(ofThread).isGreaterThanOrEqualTo(TOUCHED);
    assertThat(ofSlot).as("in the slot").isBetween(ofThread - ofThread / 1000, ofThread);
    assertThat(seen).as("seen").isBetween(ofProcess - ofProcess / 1000, ofProcess + ofProcess / 1000);
    assertThat(lost).as("lost, of %d", seen).isPositive().isEqualTo(seen - sent);
    assertThat(own.size()).isLessThan(TOUCHED).isGreaterThanOrEqualTo((int) (TOUCHED - lost));
    assertEachIsOneThatWasTouched();

    int afterwards = own.size();
    touch(100);
    assertThat(settled().lost()).isEqualTo(after.lost());
    assertThat(own).hasSize(afterwards + 100);
  }

  /** In the order of time they are the touches in their order, some left out. */
  private void assertEachIsOneThatWasTouched() {
    own.sort(Comparator.comparingLong(Row::endNanos));
    long last = -1;
    int round = 0;
    for (Row row : own) {
      while (round < ROUNDS - 1 && row.startNanos >= roundBegan[round + 1]) {
        round++;
      }
      assertThat(row.startNanos).isGreaterThanOrEqualTo(roundBegan[round]);
      assertThat(row.endNanos).isBetween(row.startNanos, roundBegan[round + 1]);
      long touch = (long) round * PAGES + row.page;
      assertThat(touch).isGreaterThan(last);
      last = touch;
    }
  }
}
