package io.mmapscope.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** The page size of this machine: 4 KiB on x86-64, on AArch64 4, 16 or 64 KiB. */
final class Pages {

  private static final long AT_PAGESZ = 6; // elf.h

  static final long BYTES = read();

  private Pages() {}

  private static long read() {
    try {
      ByteBuffer words = ByteBuffer.wrap(Files.readAllBytes(Path.of("/proc/self/auxv"))).order(ByteOrder.nativeOrder());
      while (words.getLong() != AT_PAGESZ) {
        words.getLong();
      }
      return words.getLong();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
