package io.mmapscope.agent.kernel;

import static io.mmapscope.agent.kernel.Syscalls.MADVISE;
import static io.mmapscope.agent.kernel.Syscalls.MUNMAP;
import static io.mmapscope.agent.kernel.Syscalls.PAGE;
import static io.mmapscope.agent.kernel.Syscalls.call;
import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.model.HookCounts;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Syscall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What no slot takes: it goes to the ring, or is counted as lost. */
@Tag("records")
class RingCallsTest extends AttachedKernel {

  private final List<RingRecord> drained = new ArrayList<>();

  @Test
  void withoutAnOperationACallGoesToTheRing() throws Exception {
    Thread thread = new Thread(() -> call(MUNMAP, 3, PAGE), "without a slot");
    thread.start();
    thread.join();
    call(MUNMAP, 5, PAGE);
    kernel.ring().drain(drained::add);
    RingRecord noSlot = ofAddress(3).get(0);
    assertThat(noSlot.operation()).isZero();
    assertThat(noSlot.comm()).isEqualTo("without a slot");
    assertThat(noSlot.call().result()).isEqualTo(-22);
    assertThat(noSlot.call().args()).containsExactly(3L, PAGE, 0L, 0L, 0L, 0L);
    assertThat(noSlot.call().tid()).isNotEqualTo(tid).isPositive();
    assertThat(noSlot.stack()).contains(returnAddressInLibc(noSlot));
    RingRecord noOperation = ofAddress(5).get(0);
    assertThat(noOperation.call().tid()).isEqualTo(tid);
    assertThat(noOperation.call().flags()).isZero();
  }

  private List<RingRecord> ofAddress(long address) {
    return drained.stream()
        .filter(each -> each.call().syscall() == Syscall.MUNMAP && each.call().arg(0) == address)
        .toList();
  }

  /** A word of the stack that lies in executable pages of a library: where the call returns to. */
  private static long returnAddressInLibc(RingRecord ringRecord) {
    List<String> code = lines("/proc/self/maps").stream().filter(line -> line.contains("r-xp")).toList();
    return LongStream.of(ringRecord.stack())
        .filter(word -> code.stream().anyMatch(line -> inRange(line, word)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no return address in " + LongStream.of(ringRecord.stack()).boxed().toList()));
  }

  private static boolean inRange(String line, long word) {
    String[] ends = line.substring(0, line.indexOf(' ')).split("-");
    return word >= Long.parseUnsignedLong(ends[0], 16) && word < Long.parseUnsignedLong(ends[1], 16);
  }

  private static List<String> lines(String path) {
    try {
      return Files.readAllLines(Path.of(path));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void whenTheSlotIsFullTheRestOfAnOperationGoesToTheRing() {
    long nanos = field(Wire.Slot.CALL_NS);
    long overflowed = field(Wire.Slot.OVERFLOWED);
    long calls = field(Wire.Slot.CALLS);
    operation(OPERATION);
    for (int i = 0; i < 6; i++) {
      call(MUNMAP, 7, PAGE);
    }
    operation(0);
    kernel.ring().drain(drained::add);
    assertThat(field(Wire.Slot.CALLS)).isEqualTo(calls + 4);
    assertThat(field(Wire.Slot.OVERFLOWED)).isEqualTo(overflowed + 2);
    assertThat(ofAddress(7)).hasSize(2).allMatch(each -> each.operation() == OPERATION);
    long sum = ofAddress(7).stream().mapToLong(each -> each.call().durationNanos()).sum();
    for (int i = 0; i < 4; i++) {
      sum += memory.getLong(base + Wire.Slot.CALL + i * Wire.Slot.CALL_STRIDE + Wire.Call.DURATION_NS);
    }
    assertThat(field(Wire.Slot.CALL_NS)).isEqualTo(nanos + sum);
  }

  @Test
  void aDroppedOperationsCallsGoToTheRingAndAreTimed() {
    long nanos = field(Wire.Slot.CALL_NS);
    long overflowed = field(Wire.Slot.OVERFLOWED);
    long calls = field(Wire.Slot.CALLS);
    operation(Wire.Operation.DROPPED);
    call(MUNMAP, 9, PAGE);
    operation(0);
    kernel.ring().drain(drained::add);
    assertThat(ofAddress(9)).hasSize(1).allMatch(each -> each.operation() == Wire.Operation.DROPPED);
    assertThat(field(Wire.Slot.CALL_NS)).isEqualTo(nanos + ofAddress(9).get(0).call().durationNanos());
    assertThat(field(Wire.Slot.OVERFLOWED)).isEqualTo(overflowed);
    assertThat(field(Wire.Slot.CALLS)).isEqualTo(calls);
  }

  @Test
  void theAgentsOwnCallsAreMarked() {
    slots.register(tid, true);
    call(MUNMAP, 11, PAGE);
    kernel.ring().drain(drained::add);
    assertThat(ofAddress(11)).hasSize(1).allMatch(each -> each.call().has(KernelCall.FLAG_AGENT));
  }

  @Test
  void aChildProcessIsNotSeen() throws Exception {
    Process child = new ProcessBuilder("true").start();
    assertThat(child.waitFor()).isZero();
    kernel.ring().drain(drained::add);
    assertThat(drained).noneMatch(each -> List.of("true", "jspawnhelper").contains(each.comm()));
  }

  @Test
  void aFullRingIsCountedExactly() {
    List<HookCounts> before = kernel.hookCounts();
    int made = 20_000;
    for (int i = 0; i < made; i++) {
      call(MUNMAP, 13, PAGE);
    }
    // Other threads of this JVM map, too; what there is room for none of them has.
    kernel.ring().drain(drained::add);
    List<HookCounts> after = kernel.hookCounts();
    int munmap = Syscall.MUNMAP.ordinal();
    long lost = after.get(munmap).lost() - before.get(munmap).lost();
    assertThat(lost).isPositive();
    long own = ofAddress(13).size();
    assertThat(own).isGreaterThan(5_000);
    assertThat(own + lost).isBetween((long) made, made + 20L);
    long sent = after.get(munmap).sent() - before.get(munmap).sent();
    assertThat(drained.stream().filter(each -> each.call().syscall() == Syscall.MUNMAP)).hasSize((int) sent);
    assertThat(kernel.ring().malformed()).isZero();
  }

  /** Others count while we read: each reading must add up all the same. */
  @Test
  void whatIsSeenIsJoinedSentOrLostAtAnyTime() throws Exception {
    AtomicBoolean end = new AtomicBoolean();
    Thread other =
        new Thread(
            () -> {
              while (!end.get()) {
                call(MADVISE, 1, PAGE, 0);
              }
            });
    other.start();
    for (int i = 0; i < 2_000; i++) {
      for (HookCounts counts : kernel.hookCounts()) {
        assertThat(counts.seen()).as(counts.hook()).isEqualTo(counts.joined() + counts.sent() + counts.lost());
      }
    }
    end.set(true);
    other.join();
    assertThat(counts(Syscall.MADVISE).seen()).isPositive();
  }
}
