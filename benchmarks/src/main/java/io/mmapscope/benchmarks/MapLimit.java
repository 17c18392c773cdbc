package io.mmapscope.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's {@code vm.max_map_count}, raised where that is allowed, and put back when closed, or when interrupted. */
final class MapLimit implements AutoCloseable {

  private static final Path FILE = Path.of("/proc/sys/vm/max_map_count");

  private final long before;
  private final long now;

  private final Thread atExit = new Thread(this::restore);

  private MapLimit(long before, long now) {
    this.before = before;
    this.now = now;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  static MapLimit atLeast(long needed) throws IOException {
    long before = read();
    if (before < needed && Files.isWritable(FILE)) {
      try {
        Files.writeString(FILE, Long.toString(needed));
      } catch (IOException refused) {
        // Then it is as it was.
      }
    }
    return new MapLimit(before, read());
  }

  /** Mappings that a process may have now. */
  long now() {
    return now;
  }

  /** A line at once: a file of /proc/sys is handed out in the first read only. */
  private static long read() throws IOException {
    try (var reader = Files.newBufferedReader(FILE)) {
      return Long.parseLong(reader.readLine().strip());
    }
  }

  private void restore() {
    if (now != before) {
      try {
        Files.writeString(FILE, Long.toString(before));
      } catch (IOException failure) {
        System.err.println("vm.max_map_count stays at " + now + ", it was " + before + ": " + failure);
      }
    }
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    restore();
  }
}
