package io.mmapscope.agent.kernel;

import static io.mmapscope.agent.kernel.Syscalls.MADVISE;
import static io.mmapscope.agent.kernel.Syscalls.MAP_ANONYMOUS;
import static io.mmapscope.agent.kernel.Syscalls.MAP_PRIVATE;
import static io.mmapscope.agent.kernel.Syscalls.MAP_SHARED;
import static io.mmapscope.agent.kernel.Syscalls.MMAP;
import static io.mmapscope.agent.kernel.Syscalls.MPROTECT;
import static io.mmapscope.agent.kernel.Syscalls.MREMAP;
import static io.mmapscope.agent.kernel.Syscalls.MSYNC;
import static io.mmapscope.agent.kernel.Syscalls.MUNMAP;
import static io.mmapscope.agent.kernel.Syscalls.PAGE;
import static io.mmapscope.agent.kernel.Syscalls.PROT_READ;
import static io.mmapscope.agent.kernel.Syscalls.PROT_WRITE;
import static io.mmapscope.agent.kernel.Syscalls.REMAP_FILE_PAGES;
import static io.mmapscope.agent.kernel.Syscalls.call;
import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.model.HookCounts;
import io.mmapscope.agent.model.HookStatus;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Syscall;
import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each of the seven system calls, valid and failing, within an operation: its details are in the thread's slot. */
@Tag("records")
class JoinedCallsTest extends AttachedKernel {

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
    long[] six = Arrays.copyOf(args, 6);
    assertThat(call.args()).isEqualTo(LongStream.of(six).boxed().toList());
    assertThat(call.startNanos()).isBetween(start, end);
    assertThat(call.durationNanos()).isPositive();
    assertThat(call.endNanos()).isBetween(start, end);
    assertThat(field(Wire.Slot.CALL_NS)).isEqualTo(nanos + call.durationNanos());
    assertThat(counts(syscall).joined()).isEqualTo(before.joined() + 1);
    return call;
  }

  private static long mapShared(int fd) {
    long address = call(MMAP, 0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assertThat(address).isPositive();
    return address;
  }

  @Test
  void allEventsHaveAHook() {
    assertThat(kernel.hooks()).extracting(HookStatus::event).isEqualTo(HookCatalogue.events());
    assertThat(kernel.hooks()).allSatisfy(hook -> assertThat(hook.attached() || hook.inner()).as(hook.reason()).isTrue());
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
    KernelCall call = remappedUnhindered(address, PAGE, 0, 2, 0);
    assertThat(call.result()).isZero();
    assertThat(call.before()).isEqualTo(identity);
    assertThat(call.beforeSize()).isEqualTo(16 * PAGE);
    assertThat(call.file()).isEqualTo(identity);
    assertThat(call.flags()).isEqualTo(KernelCall.FLAG_FILE | KernelCall.FLAG_BEFORE);
    call(MUNMAP, address, 4 * PAGE);
  }

  /** Again where another thread of the JVM held the lock of the memory map, so that nobody could look. */
  private KernelCall remappedUnhindered(long... arguments) {
    KernelCall call;
    int left = 100;
    do {
      call = joined(Syscall.REMAP_FILE_PAGES, REMAP_FILE_PAGES, arguments);
    } while ((call.flags() & KernelCall.FLAG_UNCHECKED) != 0 && --left > 0);
    return call;
  }

  @Test
  void remapFilePagesThatFailsTellsWhatIsThere() {
    long address = mapShared(Syscalls.open(file.toString()));
    KernelCall protection = remappedUnhindered(address, PAGE, 1, 2, 0);
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
}
