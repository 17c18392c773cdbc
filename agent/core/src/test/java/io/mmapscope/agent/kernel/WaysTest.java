package io.mmapscope.agent.kernel;

import static io.mmapscope.agent.kernel.Syscalls.MAP_ANONYMOUS;
import static io.mmapscope.agent.kernel.Syscalls.MAP_PRIVATE;
import static io.mmapscope.agent.kernel.Syscalls.MAP_SHARED;
import static io.mmapscope.agent.kernel.Syscalls.PAGE;
import static io.mmapscope.agent.kernel.Syscalls.PROT_READ;
import static io.mmapscope.agent.kernel.Syscalls.PROT_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.HookCounts;
import io.mmapscope.agent.model.HookStatus;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Syscall;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each way of attaching that this kernel has, alone: what it records is what was called, whichever way it is. A way is
 * only skipped where the kernel says that it is built without or takes none of the kind.
 */
@Tag("records")
class WaysTest {

  private static final List<String> NOT_IN_THIS_KERNEL =
      List.of("kprobes are not built into this kernel", FentryProbe.REFUSED);

  @TempDir private Path directory;

  private Path data;
  private FileIdentity identity;

  /** What a call's record is to be, apart from its times. */
  private record Expected(Syscall syscall, List<Long> args, long result, FileIdentity file, FileIdentity before, int flags) {

    static Expected of(KernelCall call) {
      return new Expected(call.syscall(), call.args(), call.result(), call.file(), call.before(), call.flags());
    }
  }

  @BeforeEach
  void file() throws Exception {
    Privileges.assumeBpf();
    data = Files.write(directory.resolve("data"), new byte[(int) (16 * PAGE)]);
    long device = PidNamespace.kernelDevice((Long) Files.getAttribute(data, "unix:dev"));
    identity = FileIdentity.ofKernel((int) device, (Long) Files.getAttribute(data, "unix:ino"));
  }

  static Kernel openWithOnly(WayKind kind) throws Exception {
    try {
      return Kernel.open(Kernel.read(Architecture.current().object("mapping")), EnumSet.complementOf(EnumSet.of(kind)));
    } catch (KernelUnavailableException e) {
      if (NOT_IN_THIS_KERNEL.stream().anyMatch(e.getMessage()::contains)) {
        abort(kind.label() + ": " + e.getMessage());
      }
      throw e;
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FEXIT", "KPROBE", "TRACEPOINT", "TP_BTF"})
  void recordsAreWhatWasCalled(WayKind kind) throws Exception {
    try (Kernel kernel = openWithOnly(kind)) {
      for (HookStatus hook : kernel.hooks().subList(0, Syscall.values().length)) {
        assertThat(hook.way()).as(hook.event() + ": " + hook.reason()).isEqualTo(kind.label());
      }
      Caller caller = new Caller(kernel);
      callAll(caller, true);
      callAll(caller, false);
      caller.release();
      assertThat(kernel.hookCounts()).allMatch(each -> each.lost() == 0);
      assertThat(kernel.ring().malformed()).isZero();
    }
  }

  private void callAll(Caller caller, boolean operation) {
    caller.operation(operation);
    int fd = Syscalls.open(data.toString());
    long mapped = caller.call(Syscall.MMAP, Syscalls.MMAP, 0, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, PAGE);
    caller.expect(identity, null, KernelCall.FLAG_FILE);
    caller.call(Syscall.MMAP, Syscalls.MMAP, 0, PAGE, PROT_READ, MAP_SHARED, 9999, 0);
    caller.expect(null, null, 0);
    long memory = caller.call(Syscall.MMAP, Syscalls.MMAP, 0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    caller.expect(null, null, 0);
    caller.call(Syscall.MUNMAP, Syscalls.MUNMAP, memory, PAGE);
    caller.expect(null, null, 0);
    caller.call(Syscall.MPROTECT, Syscalls.MPROTECT, mapped, PAGE, PROT_READ);
    caller.expect(null, null, 0);
    caller.call(Syscall.MSYNC, Syscalls.MSYNC, mapped, PAGE, 5);
    caller.expect(null, null, 0);
    caller.call(Syscall.MADVISE, Syscalls.MADVISE, mapped, PAGE, 3);
    caller.expect(null, null, 0);
    caller.callUnhindered(Syscall.REMAP_FILE_PAGES, Syscalls.REMAP_FILE_PAGES, mapped + 2 * PAGE, PAGE, 0, 7, 0);
    caller.expect(identity, identity, KernelCall.FLAG_FILE | KernelCall.FLAG_BEFORE);
    caller.callUnhindered(Syscall.REMAP_FILE_PAGES, Syscalls.REMAP_FILE_PAGES, PAGE, PAGE, 0, 1L << 40, 0);
    caller.expect(null, null, KernelCall.FLAG_BEFORE_NONE | KernelCall.FLAG_AFTER_NONE);
    long moved = caller.call(Syscall.MREMAP, Syscalls.MREMAP, mapped, PAGE, 2 * PAGE, 1, 0);
    caller.expect(null, null, 0);
    caller.call(Syscall.MREMAP, Syscalls.MREMAP, 1, PAGE, PAGE, 0, 0xdead_beef_0000L);
    caller.expect(null, null, 0);
    caller.call(Syscall.MUNMAP, Syscalls.MUNMAP, moved, 2 * PAGE);
    caller.expect(null, null, 0);
    caller.call(Syscall.MUNMAP, Syscalls.MUNMAP, mapped, 4 * PAGE);
    caller.expect(null, null, 0);
  }

  /** Calls on this thread, in an operation or in none, each compared with its record. */
  private static final class Caller {

    private static final long OPERATION = 4711;

    private final Kernel kernel;
    private final ThreadSlots slots;
    private final ByteBuffer memory;
    private final int tid = Kernel.gettid();
    private final int slot;
    private final int base;
    private boolean operation;
    private long start;
    private long end;
    private Expected made;
    private KernelCall recorded;

    Caller(Kernel kernel) {
      this.kernel = kernel;
      this.slots = kernel.threadSlots();
      this.memory = slots.memory();
      this.slot = slots.register(tid, false);
      this.base = slot * Wire.Slot.SIZE;
      Syscalls.call(Syscalls.MUNMAP, 1, 0); // loads what it needs
    }

    void operation(boolean inOperation) {
      operation = inOperation;
    }

    long call(Syscall syscall, int number, long... args) {
      kernel.ring().drain(each -> {});
      memory.putLong(base + Wire.Slot.CONSUMED, memory.getLong(base + Wire.Slot.CALLS));
      start = System.nanoTime();
      memory.putLong(base + Wire.Slot.OPERATION, operation ? OPERATION : 0);
      long result = Syscalls.call(number, args);
      memory.putLong(base + Wire.Slot.OPERATION, 0);
      end = System.nanoTime();
      made = new Expected(syscall, LongStream.of(Arrays.copyOf(args, 6)).boxed().toList(), result, null, null, 0);
      recorded = operation ? joined() : sent();
      return result;
    }

    /** A call of whose range the kernel's part looks at what is there: not while another thread of the JVM maps. */
    void callUnhindered(Syscall syscall, int number, long... args) {
      int left = 100;
      do {
        call(syscall, number, args);
      } while ((recorded.flags() & KernelCall.FLAG_UNCHECKED) != 0 && --left > 0);
    }

    void expect(FileIdentity file, FileIdentity before, int flags) {
      KernelCall call = recorded;
      assertThat(Expected.of(call))
          .isEqualTo(new Expected(made.syscall, made.args, made.result, file, before, flags));
      assertThat(call.tid()).isEqualTo(tid);
      assertThat(call.startNanos()).isBetween(start, end);
      assertThat(call.endNanos()).isBetween(call.startNanos() + 1, end);
      assertThat(call.fileSize()).isEqualTo(file == null ? -1 : 16 * PAGE);
      assertThat(call.beforeSize()).isEqualTo(before == null ? -1 : 16 * PAGE);
    }

    private KernelCall joined() {
      long calls = memory.getLong(base + Wire.Slot.CALLS);
      assertThat(calls - memory.getLong(base + Wire.Slot.CONSUMED)).as("calls of %s", made).isEqualTo(1);
      int at = base + Wire.Slot.CALL + (int) ((calls - 1) % Wire.Limit.SLOT_CALLS) * Wire.Slot.CALL_STRIDE;
      assertThat(CallDecoder.operation(memory, at)).isEqualTo(OPERATION);
      return CallDecoder.decode(memory, at);
    }

    /** Other threads of the JVM map, too. */
    private KernelCall sent() {
      List<RingRecord> records = new ArrayList<>();
      kernel.ring().drain(records::add);
      records.removeIf(each -> each.call().tid() != tid || each.call().startNanos() < start);
      assertThat(records).as("records of %s", made).hasSize(1);
      assertThat(records.get(0).operation()).isZero();
      assertThat(records.get(0).stack()).matches(stack -> LongStream.of(stack).anyMatch(word -> word != 0));
      return records.get(0).call();
    }

    void release() {
      slots.release(slot);
    }
  }

  /** Memory that is mapped by another call than those watched. */
  @Test
  void whatMapsOutsideTheCallsWatchedIsCounted() throws Exception {
    try (Kernel kernel = Kernel.open()) {
      int doMmap = Wire.Hook.DO_MMAP;
      HookStatus hook = kernel.hooks().get(doMmap);
      boolean can = kernel.hooks().stream().anyMatch(each -> "fexit".equals(each.way()) || "kprobe".equals(each.way()));
      assumeTrue(can, "this kernel lets nothing be attached to its functions: " + hook.reason());
      assertThat(hook.attached()).as(hook.reason()).isTrue();

      HookCounts before = kernel.hookCounts().get(doMmap);
      long address = Syscalls.call(Syscalls.MMAP, 0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      HookCounts mapped = kernel.hookCounts().get(doMmap);
      assertThat(mapped.joined()).isGreaterThan(before.joined());
      assertThat(mapped.lost()).isEqualTo(before.lost());
      Syscalls.call(Syscalls.MUNMAP, address, PAGE);

      long segment = Syscalls.call(Syscalls.SHMGET, 0, PAGE, 0600);
      long attached = Syscalls.call(Syscalls.SHMAT, segment, 0, 0);
      assertThat(attached).isPositive();
      assertThat(kernel.hookCounts().get(doMmap).lost()).isEqualTo(before.lost() + 1);
      Syscalls.call(Syscalls.SHMDT, attached);
      Syscalls.call(Syscalls.SHMCTL, segment, 0, 0);
    }
  }
}
