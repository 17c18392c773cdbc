package io.mmapscope.benchmarks;

import java.io.IOException;
import java.util.List;

/**
 * What a measured program printed: lines of {@code name=value}, separated by spaces.
 *
 * @param lines of standard output
 * @param errors all of standard error
 */
record Output(List<String> lines, String errors) {

  /**
   * The value of a name on the first line that has all of these words.
   *
   * @throws IOException where there is none
   */
  double value(String name, String... words) throws IOException {
    for (String line : lines) {
      List<String> parts = List.of(line.split(" "));
      if (!parts.containsAll(List.of(words))) {
        continue;
      }
      for (String part : parts) {
        if (part.startsWith(name + "=")) {
          return Double.parseDouble(part.substring(name.length() + 1));
        }
      }
    }
    throw new IOException("no " + name + " in the output:\n" + String.join("\n", lines) + "\n" + errors);
  }
}
