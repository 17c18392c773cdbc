package io.mmapscope.agent.kernel;

import static io.mmapscope.agent.kernel.Syscalls.PAGE;

import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.HookCounts;
import io.mmapscope.agent.model.Syscall;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The kernel that runs the test, watching this very process, and a slot for the test's thread. */
abstract class AttachedKernel {

  static final long OPERATION = 4711;

  static Kernel kernel;
  static ThreadSlots slots;
  static ByteBuffer memory;
  static Path file;
  static FileIdentity identity;

  int slot;
  int base;
  int tid;

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
    // What a first call needs is loaded now: the JVM would map memory for it in the middle of an operation.
    operation(0);
    Syscalls.call(Syscalls.MUNMAP, 1, 0);
    kernel.ring().drain(each -> {});
  }

  @AfterEach
  void release() {
    memory.putLong(base + Wire.Slot.OPERATION, 0);
    slots.release(slot);
  }

  long field(int field) {
    return memory.getLong(base + field);
  }

  void operation(long id) {
    memory.putLong(base + Wire.Slot.OPERATION, id);
  }

  static HookCounts counts(Syscall syscall) {
    return kernel.hookCounts().get(syscall.ordinal());
  }
}
