package io.mmapscope.agent;

import io.mmapscope.agent.ledger.MapsFile;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.FileReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** How many mappings this process has, as the kernel counts them, and may have. */
final class MapCount {

  /** {@code vm.max_map_count}. */
  static final Path LIMIT = Path.of("/proc/sys/vm/max_map_count");

  private MapCount() {}

  /** Returns the number of lines of {@code /proc/self/maps}, or -1 where it cannot be read. Safe for any thread. */
  static long now() {
    byte[] buffer = new byte[65_536];
    long lines = 0;
    try (InputStream in = new FileInputStream(MapsFile.SELF.toFile())) {
      for (int read; (read = in.read(buffer)) > 0; ) {
        for (int i = 0; i < read; i++) {
          lines += buffer[i] == '\n' ? 1 : 0;
        }
      }
      return lines;
    } catch (IOException unreadable) {
      return -1;
    }
  }

  /** Returns the limit that stands in a file, or -1 where it cannot be read. Safe for any thread. */
  static long limit(Path file) {
    // The kernel hands out a number of /proc/sys in the first read(2) only, and Files.readString reads a file of
    // "size 0" byte by byte: it would get the first digit.
    try (BufferedReader reader = new BufferedReader(new FileReader(file.toFile()))) {
      String line = reader.readLine();
      return line == null ? -1 : Long.parseLong(line.strip());
    } catch (IOException | NumberFormatException unreadable) {
      return -1;
    }
  }
}
