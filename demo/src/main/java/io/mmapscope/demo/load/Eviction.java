package io.mmapscope.demo.load;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Takes a process's mapped files below a directory out of memory, as a machine short of it would: out of the process's
 * page table with {@code process_madvise(2)} (Linux 5.10), then out of the page cache. The process is told nothing. On
 * x86-64 and AArch64; needs root.
 */
final class Eviction {

  private static final int SYS_PIDFD_OPEN = 434;
  private static final int SYS_PROCESS_MADVISE = 440;
  private static final int MADV_PAGEOUT = 21;
  private static final int POSIX_FADV_DONTNEED = 4;
  private static final int O_RDONLY = 0;

  /** The C library, as C spells it. */
  private interface LibC extends Library {
    LibC INSTANCE = Native.load("c", LibC.class);

    NativeLong syscall(NativeLong number, Object... arguments) throws LastErrorException;

    int open(String path, int flags) throws LastErrorException;

    int fsync(int fd) throws LastErrorException;

    int posix_fadvise(int fd, NativeLong offset, NativeLong length, int advice);

    int close(int fd) throws LastErrorException;
  }

  private record Range(long start, long end) {}

  private Eviction() {}

  /**
   * Does it.
   *
   * @return how many mappings
   * @throws IOException where the kernel refuses
   */
  static int evict(long pid, Path directory) throws IOException {
    List<Range> ranges = ranges(pid, directory);
    try {
      int process = (int) syscall(SYS_PIDFD_OPEN, pid, 0L);
      for (Range range : ranges) {
        pageOut(process, range);
      }
      LibC.INSTANCE.close(process);
      try (Stream<Path> files = Files.walk(directory)) {
        files.filter(Files::isRegularFile).forEach(Eviction::drop);
      }
    } catch (LastErrorException e) {
      throw new IOException("evicting " + directory + " of process " + pid + ": " + e.getMessage(), e);
    }
    return ranges.size();
  }

  private static List<Range> ranges(long pid, Path directory) throws IOException {
    List<Range> ranges = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/maps"))) {
      String[] columns = line.split(" +", 6);
      if (columns.length == 6 && columns[5].startsWith(directory.toString())) {
        String[] range = columns[0].split("-");
        ranges.add(new Range(Long.parseUnsignedLong(range[0], 16), Long.parseUnsignedLong(range[1], 16)));
      }
    }
    return ranges;
  }

  private static void pageOut(int process, Range range) {
    try (Memory vector = new Memory(2 * Native.POINTER_SIZE)) {
      vector.setLong(0, range.start());
      vector.setLong(Native.POINTER_SIZE, range.end() - range.start());
      syscall(SYS_PROCESS_MADVISE, (long) process, vector, 1L, (long) MADV_PAGEOUT, 0L);
    }
  }

  private static void drop(Path file) {
    int fd = LibC.INSTANCE.open(file.toString(), O_RDONLY);
    LibC.INSTANCE.fsync(fd);
    LibC.INSTANCE.posix_fadvise(fd, new NativeLong(0), new NativeLong(0), POSIX_FADV_DONTNEED);
    LibC.INSTANCE.close(fd);
  }

  private static long syscall(int number, Object... arguments) {
    Object[] words = new Object[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i] instanceof Pointer ? arguments[i] : new NativeLong((Long) arguments[i]);
    }
    return LibC.INSTANCE.syscall(new NativeLong(number), words).longValue();
  }
}
