package io.mmapscope.agent.kernel;

import static io.mmapscope.agent.kernel.Syscalls.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.HookCounts;
import io.mmapscope.agent.model.HookStatus;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Syscall;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The seven system calls of this very process, on the kernel that runs the test. */
class KernelTest {

  private static final long OPERATION = 4711;

  private static Kernel kernel;
  private static ThreadSlots slots;
  private static ByteBuffer memory;
  private static Path file;
  private static FileIdentity identity;

  private final List<RingRecord> drained = new ArrayList<>();
  private int slot;
  private int base;
  private int tid;

  @BeforeAll
  static void open(@TempDir Path directory) throws Exception {
    Privileges.assumeBpf();
    kernel = Kernel.open();
    slots = kernel.threadSlots();
    memory = slots.memory();
    file = directory.resolve("data");
    Files.write(file, new byte[(int) (16 * PAGE)]);
    long device = PidNamespace.kernelDevice((Long) Files.getAttribute(file, "unix:dev"));
    identity = FileIdentity.ofKernel((int) device, (Long) Files.getAttribute(file, "unix:ino"));
  }

  @AfterAll
  static void close() {
    if (kernel != null) {
      kernel.close();
    }
  }

  @BeforeEach
  void register() {
    tid = Kernel.gettid();
    slot = slots.register(tid, false);
    base = slot * Wire.Slot.SIZE;
    kernel.ring().drain(each -> {});
  }

  @AfterEach
  void release() {
    memory.putLong(base + Wire.Slot.OPERATION, 0);
    slots.release(slot);
  }

  private long field(int field) {
    return memory.getLong(base + field);
  }

  private void operation(long id) {
    memory.putLong(base + Wire.Slot.OPERATION, id);
  }

  /** Makes one call within an operation, and checks all that is the same for each. */
  private KernelCall joined(Syscall syscall, int number, long... args) {
    HookCounts before = counts(syscall);
    long calls = field(Wire.Slot.CALLS);
    long nanos = field(Wire.Slot.CALL_NS);
    memory.putLong(base + Wire.Slot.CONSUMED, calls);
    long start = System.nanoTime();
    operation(OPERATION);
    long result = call(number, args);
    operation(0);
    long end = System.nanoTime();

    assertThat(field(Wire.Slot.CALLS)).isEqualTo(calls + 1);
    int at = base + Wire.Slot.CALL + (int) (calls % Wire.Limit.SLOT_CALLS) * Wire.Slot.CALL_STRIDE;
    KernelCall call = CallDecoder.decode(memory, at);
    assertThat(CallDecoder.operation(memory, at)).isEqualTo(OPERATION);
    assertThat(call.syscall()).isEqualTo(syscall);
    assertThat(call.tid()).isEqualTo(tid);
    assertThat(call.result()).isEqualTo(result);
    long[] six = java.util.Arrays.copyOf(args, 6);
    assertThat(call.args()).isEqualTo(LongStream.of(six).boxed().toList());
    assertThat(call.startNanos()).isBetween(start, end);
    assertThat(call.durationNanos()).isPositive();
    assertThat(call.endNanos()).isBetween(start, end);
    assertThat(field(Wire.Slot.CALL_NS)).isEqualTo(nanos + call.durationNanos());
    assertThat(counts(syscall).joined()).isEqualTo(before.joined() + 1);
    return call;
  }

  private static HookCounts counts(Syscall syscall) {
    return kernel.hookCounts().get(syscall.ordinal());
  }

  private static long mapShared(int fd) {
    long address = call(MMAP, 0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assertThat(address).isPositive();
    return address;
  }

  @Test
  void allHooksAreAttached() {
    assertThat(kernel.hooks()).extracting(HookStatus::event).isEqualTo(HookCatalogue.events());
    assertThat(kernel.hooks()).allSatisfy(hook -> {
      assertThat(hook.attached()).as(hook.reason()).isTrue();
      assertThat(hook.way()).isEqualTo("tracepoint");
      assertThat(hook.target()).isEqualTo("syscalls/sys_enter_" + hook.event());
      assertThat(hook.reason()).isEmpty();
    });
  }

  @Test
  void mmapOfAFileHasTheFile() {
    int fd = Syscalls.open(file.toString());
    KernelCall call = joined(Syscall.MMAP, MMAP, 0, 2 * PAGE, PROT_READ, MAP_SHARED, fd, PAGE);
    assertThat(call.file()).isEqualTo(identity);
    assertThat(call.fileSize()).isEqualTo(16 * PAGE);
    assertThat(call.flags()).isEqualTo(KernelCall.FLAG_FILE);
    joined(Syscall.MUNMAP, MUNMAP, call.result(), 2 * PAGE);
  }

  @Test
  void mmapOfMemoryAndMmapThatFailsHaveNone() {
    KernelCall anonymous = joined(Syscall.MMAP, MMAP, 0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assertThat(anonymous.file()).isNull();
    assertThat(joined(Syscall.MUNMAP, MUNMAP, anonymous.result(), PAGE).result()).isZero();
    KernelCall badDescriptor = joined(Syscall.MMAP, MMAP, 0, PAGE, PROT_READ, MAP_SHARED, 9999, 0);
    assertThat(badDescriptor.errno()).isEqualTo(9);
    assertThat(badDescriptor.file()).isNull();
    int fd = Syscalls.open(file.toString());
    assertThat(joined(Syscall.MMAP, MMAP, 0, 0, PROT_READ, MAP_SHARED, fd, 0).errno()).isEqualTo(22);
  }

  @Test
  void theOthers() {
    long address = mapShared(Syscalls.open(file.toString()));
    assertThat(joined(Syscall.MPROTECT, MPROTECT, address, 4 * PAGE, PROT_READ).result()).isZero();
    assertThat(joined(Syscall.MPROTECT, MPROTECT, address + 1, PAGE, PROT_READ).errno()).isEqualTo(22);
    assertThat(joined(Syscall.MSYNC, MSYNC, address, PAGE, 4).result()).isZero();
    assertThat(joined(Syscall.MSYNC, MSYNC, address, PAGE, 5).errno()).isEqualTo(22);
    assertThat(joined(Syscall.MADVISE, MADVISE, address, PAGE, 3).result()).isZero();
    assertThat(joined(Syscall.MADVISE, MADVISE, address, PAGE, 9999).errno()).isEqualTo(22);
    KernelCall moved = joined(Syscall.MREMAP, MREMAP, address, 4 * PAGE, 8 * PAGE, 1, 0);
    assertThat(moved.result()).isPositive();
    assertThat(joined(Syscall.MREMAP, MREMAP, 1, PAGE, PAGE, 0, 0).errno()).isEqualTo(22);
    assertThat(joined(Syscall.MUNMAP, MUNMAP, moved.result(), 8 * PAGE).result()).isZero();
    assertThat(joined(Syscall.MUNMAP, MUNMAP, 1, PAGE).errno()).isEqualTo(22);
  }

  @Test
  void remapFilePagesHasTheFileBeforeAndAfter() {
    long address = mapShared(Syscalls.open(file.toString()));
    KernelCall call = joined(Syscall.REMAP_FILE_PAGES, REMAP_FILE_PAGES, address, PAGE, 0, 2, 0);
    assertThat(call.result()).isZero();
    assertThat(call.before()).isEqualTo(identity);
    assertThat(call.beforeSize()).isEqualTo(16 * PAGE);
    assertThat(call.file()).isEqualTo(identity);
    assertThat(call.flags()).isEqualTo(KernelCall.FLAG_FILE | KernelCall.FLAG_BEFORE);
    call(MUNMAP, address, 4 * PAGE);
  }

  @Test
  void remapFilePagesThatFailsTellsWhatIsThere() {
    long address = mapShared(Syscalls.open(file.toString()));
    KernelCall protection = joined(Syscall.REMAP_FILE_PAGES, REMAP_FILE_PAGES, address, PAGE, 1, 2, 0);
    assertThat(protection.errno()).isEqualTo(22);
    assertThat(protection.before()).isEqualTo(identity);
    assertThat(protection.file()).isEqualTo(identity);
    assertThat(joined(Syscall.REMAP_FILE_PAGES, REMAP_FILE_PAGES, address, 0, 0, 0, 0).errno()).isEqualTo(22);
    call(MUNMAP, address, 4 * PAGE);

    KernelCall unmapped = joined(Syscall.REMAP_FILE_PAGES, REMAP_FILE_PAGES, PAGE, PAGE, 0, 0, 0);
    assertThat(unmapped.errno()).isEqualTo(22);
    assertThat(unmapped.flags()).isEqualTo(KernelCall.FLAG_BEFORE_NONE | KernelCall.FLAG_AFTER_NONE);
    assertThat(unmapped.before()).isNull();
    assertThat(unmapped.file()).isNull();

    long anonymous = call(MMAP, 0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    KernelCall memoryOnly = joined(Syscall.REMAP_FILE_PAGES, REMAP_FILE_PAGES, anonymous, PAGE, 0, 0, 0);
    assertThat(memoryOnly.errno()).isEqualTo(22);
    assertThat(memoryOnly.flags()).isZero();
    call(MUNMAP, anonymous, PAGE);
  }

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
    assertThat(own).isGreaterThan(10_000);
    assertThat(own + lost).isBetween((long) made, made + 20L);
    long sent = after.get(munmap).sent() - before.get(munmap).sent();
    assertThat(drained.stream().filter(each -> each.call().syscall() == Syscall.MUNMAP)).hasSize((int) sent);
    assertThat(kernel.ring().malformed()).isZero();
  }

  @Test
  void whatIsSeenIsJoinedSentOrLost() {
    operation(OPERATION);
    call(MADVISE, 1, PAGE, 0);
    operation(0);
    for (HookCounts counts : kernel.hookCounts()) {
      assertThat(counts.seen()).as(counts.hook()).isEqualTo(counts.joined() + counts.sent() + counts.lost());
    }
  }
}
