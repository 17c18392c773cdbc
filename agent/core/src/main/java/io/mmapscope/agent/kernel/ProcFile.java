package io.mmapscope.agent.kernel;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads files of {@code /proc} and {@code /sys}. Not by {@code Files}, whose channel would have the application's mapping
 * classes woven before its {@code main}.
 */
final class ProcFile {

  private ProcFile() {}

  static String read(Path file) throws IOException {
    try (InputStream in = new FileInputStream(file.toFile())) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static List<String> lines(Path file) throws IOException {
    String text = read(file);
    return text.isEmpty() ? List.of() : List.of(text.split("\n"));
  }
}
