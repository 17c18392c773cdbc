package io.mmapscope.agent.kernel;

import static io.mmapscope.agent.kernel.Syscalls.MAP_ANONYMOUS;
import static io.mmapscope.agent.kernel.Syscalls.MAP_PRIVATE;
import static io.mmapscope.agent.kernel.Syscalls.MAP_SHARED;
import static io.mmapscope.agent.kernel.Syscalls.PAGE;
import static io.mmapscope.agent.kernel.Syscalls.PROT_READ;
import static io.mmapscope.agent.kernel.Syscalls.PROT_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.model.HookCounts;
import io.mmapscope.agent.model.HookStatus;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each way to see page faults that this kernel has, alone: the rows are the faults that there were, whichever way. */
@Tag("records")
class FaultWaysTest {

  private static final int EFAULT = 14;
  private static final int RUSAGE_THREAD = 1;
  private static final int RUSAGE_MINOR_AT = 64;
  private static final int RUSAGE_MAJOR_AT = 72;
  private static final int RANDOM = 1; // of madvise(2)
  private static final int DONTNEED = 4; // of madvise(2) and posix_fadvise(2)
  private static final int PAGES = 16;
  private static final String NOT_ON_AARCH64 = "BTF type ID of 'page_fault_user'";

  @TempDir private Path directory;

  private final Memory usage = new Memory(144);
  private final List<Row> all = new ArrayList<>();
  private Kernel kernel;
  private ByteBuffer slots;
  private int slot;
  private int tid;

  private record Row(int tid, long address, long endNanos, long durationNanos, int kind, int flags) {}

  @BeforeEach
  void privileges() throws Exception {
    Privileges.assumeBpf();
  }

  @ParameterizedTest
  @EnumSource(names = {"FEXIT", "TP_BTF", "PERF"})
  void rowsAreTheFaultsThatThereWere(WayKind kind) throws Exception {
    try (Kernel opened = WaysTest.openWithOnly(kind)) {
      kernel = opened;
      tid = Kernel.gettid();
      HookStatus hook = kernel.hooks().get(Wire.Hook.PAGE_FAULT);
      if (kind == WayKind.TP_BTF && hook.reason().contains(NOT_ON_AARCH64)) {
        assertThat(Architecture.current()).isEqualTo(Architecture.AARCH64);
        abort(kind.label() + ": " + hook.reason());
      }
      assertThat(hook.way()).as(hook.reason()).isEqualTo(kind.label());
      slots = kernel.threadSlots().memory();
      slot = kernel.threadSlots().register(tid, false);
      List<Long> before = counters();
      all.clear();
      HookCounts countsBefore = counts();
      firstTouches();
      touchesByTheKernel();
      touchesThatFail();
      pagesThatWereAskedFor();
      ofAFile();
      onePageThatComesLate();
      onAThreadThatComes();
      assertThat(all).anyMatch(row -> (row.flags & Wire.FaultFlag.CHANGING) == 0);
      slotCountsTheRows(before);
      assertThat(counts().lost()).as("lost").isEqualTo(countsBefore.lost());
      kernel.threadSlots().release(slot);
    }
  }

  private HookCounts counts() {
    return kernel.hookCounts().get(Wire.Hook.PAGE_FAULT);
  }

  private void drain() {
    kernel
        .faults()
        .drain(
            row -> {
              if (row.kind() != Wire.FaultKind.LOCK_WAIT) {
                all.add(
                    new Row(row.tid(), row.address(), row.endNanos(), row.durationNanos(), row.kind(), row.flags()));
              }
            });
  }

  private List<Row> rowsAt(long address, long length, long start) {
    drain();
    return all.stream()
        .filter(row -> row.address >= address && row.address < address + length && row.endNanos > start)
        .toList();
  }

  private static long memory(int protection) {
    return Syscalls.call(Syscalls.MMAP, 0, PAGES * PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  }

  private static void unmap(long address) {
    assertThat(Syscalls.call(Syscalls.MUNMAP, address, PAGES * PAGE)).isZero();
  }

  private static List<Long> places(long address) {
    return LongStream.range(0, PAGES).mapToObj(i -> address + i * PAGE + 7 * i).toList();
  }

  private void assertRows(List<Row> rows, List<Long> addresses, int kind, int flags, long start) {
    assertThat(rows).extracting(Row::address).isEqualTo(addresses);
    assertThat(rows)
        .allSatisfy(
            row -> {
              assertThat(row.tid).isEqualTo(tid);
              assertThat(row.kind).isEqualTo(kind);
              // Other threads of the JVM replace mappings, too.
              assertThat(row.flags & ~Wire.FaultFlag.CHANGING).isEqualTo(flags);
              assertThat(row.durationNanos).isPositive();
              assertThat(row.endNanos).isBetween(start + row.durationNanos, System.nanoTime());
            });
  }

  private void firstTouches() {
    long address = memory(PROT_READ | PROT_WRITE);
    long start = System.nanoTime();
    places(address).forEach(place -> new Pointer(place).setByte(0, (byte) 1));
    places(address).forEach(place -> new Pointer(place).setByte(0, (byte) 2));
    assertRows(rowsAt(address, PAGES * PAGE, start), places(address), Wire.FaultKind.MINOR, 0, start);
    unmap(address);
  }

  private void touchesByTheKernel() throws Exception {
    int fd = Syscalls.open(Files.createFile(directory.resolve("sink")).toString());
    long address = memory(PROT_READ);
    long start = System.nanoTime();
    places(address).forEach(place -> assertThat(Syscalls.call(Syscalls.WRITE, fd, place, 1)).isEqualTo(1));
    assertRows(
        rowsAt(address, PAGES * PAGE, start), places(address), Wire.FaultKind.MINOR, Wire.FaultFlag.KERNEL, start);
    unmap(address);
  }

  /** Neither the kernel nor we count them: memory that may not be read, and a file that ends before the page. */
  private void touchesThatFail() throws Exception {
    int fd = Syscalls.open(Files.createFile(directory.resolve("never")).toString());
    int empty = Syscalls.open(Files.createFile(directory.resolve("empty")).toString());
    long forbidden = memory(0);
    long behind = Syscalls.call(Syscalls.MMAP, 0, PAGES * PAGE, PROT_READ, MAP_SHARED, empty, 0);
    long start = System.nanoTime();
    for (long address : List.of(forbidden, behind)) {
      places(address).forEach(place -> assertThat(Syscalls.call(Syscalls.WRITE, fd, place, 1)).isEqualTo(-EFAULT));
      assertThat(rowsAt(address, PAGES * PAGE, start)).isEmpty();
      unmap(address);
    }
  }

  /** The kernel counts them for the thread; nothing stood at an address. */
  private void pagesThatWereAskedFor() {
    long address = memory(PROT_READ | PROT_WRITE);
    long minor = faultsOfThread(RUSAGE_MINOR_AT);
    long start = System.nanoTime();
    assertThat(Syscalls.call(Syscalls.MLOCK, address, PAGES * PAGE)).isZero();
    assertThat(faultsOfThread(RUSAGE_MINOR_AT)).isGreaterThanOrEqualTo(minor + PAGES);
    assertThat(rowsAt(address, PAGES * PAGE, start)).isEmpty();
    unmap(address);
  }

  private long faultsOfThread(int field) {
    assertThat(Syscalls.call(Syscalls.GETRUSAGE, RUSAGE_THREAD, Pointer.nativeValue(usage))).isZero();
    return usage.getLong(field);
  }

  /** Major where the file system lets its pages go, which the kernel's own count tells. */
  private void ofAFile() throws Exception {
    Path file = directory.resolve("data");
    Files.write(file, new byte[(int) (PAGES * PAGE)], StandardOpenOption.CREATE, StandardOpenOption.SYNC);
    int fd = Syscalls.open(file.toString());
    long address = Syscalls.call(Syscalls.MMAP, 0, PAGES * PAGE, PROT_READ, MAP_SHARED, fd, 0);
    Syscalls.call(Syscalls.MADVISE, address, PAGES * PAGE, RANDOM);
    Syscalls.call(Syscalls.FADVISE, fd, 0, 0, DONTNEED);
    for (long place : places(address)) {
      // An earlier fault may have mapped its neighbours.
      Syscalls.call(Syscalls.MADVISE, place & -PAGE, PAGE, DONTNEED);
      long start = System.nanoTime();
      long major = faultsOfThread(RUSAGE_MAJOR_AT);
      new Pointer(place).getByte(0);
      boolean wasMajor = faultsOfThread(RUSAGE_MAJOR_AT) > major;
      assertRows(
          rowsAt(place, 1, start), List.of(place), wasMajor ? Wire.FaultKind.MAJOR : Wire.FaultKind.MINOR, 0, start);
    }
    unmap(address);
  }

  /** The kernel begins again with such a fault, and counts it once: before Linux 6.4 and its locks of mappings as major. */
  private void onePageThatComesLate() throws Exception {
    kernel.sendFaultsFrom(Duration.ofMillis(5));
    kernel.ring().drain(record -> {});
    long address = memory(PROT_READ | PROT_WRITE);
    try (LatePage late = new LatePage(address)) {
      Thread bringing = late.bringing(10);
      long major = faultsOfThread(RUSAGE_MAJOR_AT);
      long start = System.nanoTime();
      new Pointer(address).getByte(0);
      int kind = faultsOfThread(RUSAGE_MAJOR_AT) > major ? Wire.FaultKind.MAJOR : Wire.FaultKind.MINOR;
      bringing.join();
      List<Row> rows = rowsAt(address, PAGE, start);
      assertRows(rows, List.of(address), kind, 0, start);
      assertThat(Duration.ofNanos(rows.get(0).durationNanos)).isGreaterThan(Duration.ofMillis(10));
      assertThat(slowFaultsAt(address)).hasSize(1).allSatisfy(this::tellsWhereItCameFrom);
    }
    kernel.sendFaultsFrom(Duration.ofDays(1));
    unmap(address);
  }

  private List<RingFault> slowFaultsAt(long address) {
    List<RingFault> slow = new ArrayList<>();
    kernel
        .ring()
        .drain(
            new RingReader.Handler() {
              @Override
              public void call(RingRecord call) {}

              @Override
              public void fault(RingFault fault) {
                slow.add(fault);
              }
            });
    slow.removeIf(each -> each.address() != address);
    return slow;
  }

  private void tellsWhereItCameFrom(RingFault fault) {
    assertThat(fault.tid()).isEqualTo(tid);
    assertThat(fault.instruction()).isPositive();
    // By frame pointers, the instruction first.
    assertThat(fault.stack()[0]).isEqualTo(fault.instruction());
  }

  private void onAThreadThatComes() throws Exception {
    long address = memory(PROT_READ | PROT_WRITE);
    int[] other = new int[1];
    long start = System.nanoTime();
    Thread thread =
        new Thread(
            () -> {
              other[0] = Kernel.gettid();
              places(address).forEach(place -> new Pointer(place).setByte(0, (byte) 1));
            });
    thread.start();
    thread.join();
    List<Row> rows = rowsAt(address, PAGES * PAGE, start);
    assertThat(rows).extracting(Row::address).containsExactlyInAnyOrderElementsOf(places(address));
    assertThat(rows).allMatch(row -> row.tid == other[0]);
    unmap(address);
  }

  /** The slot's counters at a moment up to which all rows of this thread are read. */
  private List<Long> counters() {
    List<Long> counters;
    do {
      counters = counted();
      drain();
    } while (!counters.equals(counted()));
    return counters;
  }

  private List<Long> counted() {
    int base = slot * Wire.Slot.SIZE;
    return List.of(
        slots.getLong(base + Wire.Slot.FAULTS_MINOR),
        slots.getLong(base + Wire.Slot.FAULTS_MAJOR),
        slots.getLong(base + Wire.Slot.FAULTS_NS));
  }

  /** With the faults that the thread has in the JVM. */
  private void slotCountsTheRows(List<Long> before) {
    List<Long> after = counters();
    long[] rows = new long[3];
    for (Row row : all) {
      if (row.tid == tid) {
        rows[row.kind == Wire.FaultKind.MAJOR ? 1 : 0]++;
        rows[2] += row.durationNanos;
      }
    }
    for (int i = 0; i < rows.length; i++) {
      assertThat(rows[i]).isEqualTo(after.get(i) - before.get(i));
    }
  }
}
