package io.mmapscope.agent;

import io.mmapscope.agent.ledger.MapsFile;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;

/** How many mappings this process has, as the kernel counts them. */
final class MapCount {

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
}
