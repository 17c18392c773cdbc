package io.mmapscope.benchmarks.program;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;

/**
 * Takes page faults and prints what one costs, a line a kind:
 *
 * <pre>kind=warm nanos=812.4 faults=40960</pre>
 *
 * {@code fresh} is the cheapest there is: the first touch of anonymous memory. {@code warm} is the first touch of a
 * file's pages that are in memory; the kernel maps the pages around them too. {@code evicted} waits for the disk.
 * {@code nanos} is the median of the windows, time divided by the faults that {@code /proc/thread-self/stat} counted.
 *
 * <p>Arguments: file, the program that evicts a file from the page cache, windows of each line.
 */
public final class FaultLoop {

  private static final int PAGE = 4096;
  /** As far apart as two pages must be for the kernel not to map one with the other. */
  private static final int AROUND = 16 * PAGE;
  private static final int FILE_BYTES = 64 << 20;
  private static final int FRESH_BYTES = 32 << 20;
  private static final int WARM_UP = 4;
  private static final int MINOR = 7;
  private static final int MAJOR = 9;

  private static int sum;

  private FaultLoop() {}

  /** One window: the time that it took, or a negative number where nothing was measured. */
  private interface Window {
    long run() throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    String evict = arguments[1];
    int windows = Integer.parseInt(arguments[2]);
    write(file);
    measure("fresh", MINOR, windows, FaultLoop::fresh);
    measure("warm", MINOR, windows, () -> touch(file));
    measure(
        "evicted",
        MAJOR,
        Math.max(2, windows / 4),
        () -> {
          run(evict, file.toString());
          return touch(file);
        });
    Files.delete(file);
    if (sum == Integer.MIN_VALUE) {
      throw new IllegalStateException("the reads' sum cannot be that");
    }
    System.out.println("left=" + System.nanoTime());
  }

  private static void measure(String kind, int field, int windows, Window window) throws Exception {
    for (int i = 0; i < WARM_UP; i++) {
      window.run();
    }
    double[] nanos = new double[windows];
    long faults = 0;
    for (int i = 0; i < windows; i++) {
      long before = faults(field);
      long took = window.run();
      long taken = faults(field) - before;
      nanos[i] = (double) took / Math.max(1, taken);
      faults += taken;
      Thread.sleep(20);
    }
    Arrays.sort(nanos);
    System.out.printf(Locale.ROOT, "kind=%s nanos=%.1f faults=%d%n", kind, nanos[windows / 2], faults);
  }

  /** Page by page, so that the page cache keeps it so. */
  private static void write(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.SYNC)) {
      ByteBuffer page = ByteBuffer.allocateDirect(PAGE);
      for (int at = 0; at < FILE_BYTES; at += PAGE) {
        channel.write(page.clear(), at);
      }
    }
  }

  /** The JDK clears the memory, which touches every page. */
  private static long fresh() {
    long start = System.nanoTime();
    ByteBuffer memory = ByteBuffer.allocateDirect(FRESH_BYTES);
    long took = System.nanoTime() - start;
    Unmapping.clean(memory);
    return took;
  }

  private static long touch(Path file) throws IOException {
    MappedByteBuffer buffer;
    try (FileChannel channel = FileChannel.open(file)) {
      buffer = channel.map(MapMode.READ_ONLY, 0, FILE_BYTES);
    }
    long start = System.nanoTime();
    for (int at = 0; at < FILE_BYTES; at += AROUND) {
      sum += buffer.get(at);
    }
    long took = System.nanoTime() - start;
    Unmapping.clean(buffer);
    return took;
  }

  private static void run(String... command) throws IOException, InterruptedException {
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + status);
    }
  }

  /** A field of the calling thread's stat, counted from the state on as 0. */
  private static long faults(int field) throws IOException {
    String stat = Files.readString(Path.of("/proc/thread-self/stat"));
    return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[field]);
  }
}
