package io.mmapscope.agent;

import java.io.BufferedReader;
import java.io.FileReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The kernel's {@code vm.max_map_count}: how many mappings a process may have. */
final class MaxMapCount {

  static final Path FILE = Path.of("/proc/sys/vm/max_map_count");

  private MaxMapCount() {}

  /** Returns the limit, or -1 where it cannot be read. Safe for any thread. */
  static long read(Path file) {
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
