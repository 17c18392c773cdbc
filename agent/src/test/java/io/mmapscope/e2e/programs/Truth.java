package io.mmapscope.e2e.programs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a program did, by its own account: one row an operation. One object a thread; no thread shares it.
 *
 * <p>A row is {@code operation,class.method,line,address,length,offset,origin,file}; numbers are decimal, -1 stands for
 * none; the origin is {@code class.method:line} of where the range was mapped, {@code null} where it is mapped only now.
 */
final class Truth {

  private final List<String> rows = new ArrayList<>();

  /** Writes down one operation. */
  void add(String operation, Here here, long address, long length, long offset, Here origin, Path file) {
    String range = "" + address + ',' + length + ',' + offset;
    String from = origin == null ? "null" : origin.function() + ':' + origin.line();
    rows.add(operation + ',' + here.function() + ',' + here.line() + ',' + range + ',' + from + ',' + file);
  }

  /** Writes the rows of all to one file. */
  static void write(Path to, List<Truth> all) throws IOException {
    List<String> rows = new ArrayList<>();
    for (Truth truth : all) {
      rows.addAll(truth.rows);
    }
    Files.write(to, rows);
  }
}
