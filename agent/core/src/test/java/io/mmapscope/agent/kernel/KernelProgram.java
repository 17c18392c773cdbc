package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.model.KernelCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the tests run in a JVM of its own. Prints one fact a line, {@code name=value}. */
public final class KernelProgram {

  private KernelProgram() {}

  public static void main(String[] args) throws Exception {
    List<String> files = files();
    Kernel kernel;
    try {
      kernel = Kernel.open();
    } catch (KernelUnavailableException e) {
      System.out.println("unavailable=" + e.getMessage());
      System.out.println("left=" + left(files));
      return;
    }
    System.out.println("attached=" + kernel.hooks().stream().filter(hook -> hook.attached()).count());
    System.out.println("left=" + left(files));
    if (args.length > 0) {
      map(kernel, Path.of(args[0]));
    }
    if (args.length > 1) {
      kernel.close();
      System.out.println("descriptors=" + descriptors());
    }
    System.out.println("end=" + System.nanoTime());
  }

  /** One mmap of a file within an operation. */
  private static void map(Kernel kernel, Path file) throws Exception {
    ThreadSlots slots = kernel.threadSlots();
    int tid = Kernel.gettid();
    ByteBuffer memory = slots.memory();
    int at = slots.register(tid, false) * Wire.Slot.SIZE;
    int fd = Syscalls.open(file.toString());
    memory.putLong(at + Wire.Slot.OPERATION, 5);
    long address = Syscalls.call(Syscalls.MMAP, 0, 4096, Syscalls.PROT_READ, Syscalls.MAP_SHARED, fd, 0);
    long remapped = Syscalls.call(Syscalls.REMAP_FILE_PAGES, address, 4096, 0, 0, 0);
    memory.putLong(at + Wire.Slot.OPERATION, 0);
    KernelCall mmap = CallDecoder.decode(memory, at + Wire.Slot.CALL);
    KernelCall remap = CallDecoder.decode(memory, at + Wire.Slot.CALL + Wire.Slot.CALL_STRIDE);
    System.out.println("tid=" + tid);
    System.out.println("calls=" + memory.getLong(at + Wire.Slot.CALLS));
    System.out.println("call.tid=" + mmap.tid());
    System.out.println("same=" + (mmap.result() == address && remap.result() == remapped));
    System.out.println("mmap.file=" + mmap.file());
    System.out.println("remap.file=" + remap.file());
    System.out.println("maps=" + mapsLine(address));
  }

  private static String mapsLine(long address) throws IOException {
    return Files.readAllLines(Path.of("/proc/self/maps")).stream()
        .filter(line -> line.startsWith(Long.toHexString(address)))
        .findFirst()
        .orElse("");
  }

  /** Those for BPF, without the jar on the class path that has the programs: its class loader keeps it open. */
  private static List<String> descriptors() throws IOException {
    try (var all = Files.list(Path.of("/proc/self/fd"))) {
      return all.map(KernelProgram::target)
          .filter(each -> each.contains("bpf") || each.contains("perf"))
          .filter(each -> !each.endsWith(".jar"))
          .toList();
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  /** Files and system properties that were not there before. */
  private static List<String> left(List<String> before) {
    return files().stream().filter(each -> !before.contains(each)).toList();
  }

  private static List<String> files() {
    var found = new java.util.ArrayList<String>();
    System.getProperties().stringPropertyNames().stream().filter(name -> name.startsWith("jn")).forEach(found::add);
    for (String place : List.of(System.getProperty("java.io.tmpdir"), "/dev/shm", System.getProperty("user.home"))) {
      if (!Files.isReadable(Path.of(place))) {
        continue;
      }
      try (var all = Files.list(Path.of(place))) {
        all.map(Path::toString).filter(name -> name.contains("mmapscope-" + ProcessHandle.current().pid())).forEach(found::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return found;
  }
}
