package io.mmapscope.agent.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** The kernel's own list of its symbols, which names them to every user. It takes some 100 ms to read. */
final class KernelFunctions {

  private KernelFunctions() {}

  /**
   * Returns those of the functions that the list does not have; none where it cannot be read or is empty.
   *
   * @param list {@code /proc/kallsyms}: address, type and name a line, and the module's name in brackets
   */
  static Set<String> absent(Path list, Set<String> functions) {
    Set<String> absent = new HashSet<>(functions);
    boolean any = false;
    try (BufferedReader lines = Files.newBufferedReader(list)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        any = true;
        int name = line.indexOf(' ', line.indexOf(' ') + 1) + 1;
        int end = line.indexOf('\t', name);
        absent.remove(line.substring(name, end < 0 ? line.length() : end));
      }
    } catch (IOException e) {
      return Set.of();
    }
    return any ? Set.copyOf(absent) : Set.of();
  }
}
