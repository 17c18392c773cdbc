package io.mmapscope.exporter;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The process's standard output for the exporters named {@code console}. Written to directly: {@code System.out} is
 * the application's, which may have replaced it, and a whole text in one write is not torn by the application's lines.
 */
public final class Console {

  private static final FileOutputStream STDOUT = new FileOutputStream(FileDescriptor.out);

  private Console() {}

  /** Prints it. Returns false where standard output is closed. Waits where its reader does. */
  public static synchronized boolean print(CharSequence text) {
    try {
      STDOUT.write(text.toString().getBytes(StandardCharsets.UTF_8));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** A duration in the unit that reads best: {@code 850 ns}, {@code 12.3 us}, {@code 1.5 ms}, {@code 2 s}. */
  public static String duration(long nanos) {
    String[] units = {"ns", "us", "ms", "s"};
    double value = nanos;
    int unit = 0;
    while (Math.abs(value) >= 1000 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return Math.round(value * 1000) / 1000.0 + " " + units[unit];
  }
}
