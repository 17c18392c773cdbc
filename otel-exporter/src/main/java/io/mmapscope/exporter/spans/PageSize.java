package io.mmapscope.exporter.spans;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The size of a page of this machine in bytes, from the auxiliary vector that the kernel gave this process. */
final class PageSize {

  /** {@code AT_PAGESZ} of {@code linux/auxvec.h}. */
  private static final long AT_PAGESZ = 6;

  static final long BYTES = read();

  private PageSize() {}

  private static long read() {
    try (InputStream in = new FileInputStream("/proc/self/auxv")) {
      ByteBuffer auxv = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.nativeOrder());
      while (auxv.remaining() >= 2 * Long.BYTES) {
        long type = auxv.getLong();
        long value = auxv.getLong();
        if (type == AT_PAGESZ) {
          return value;
        }
      }
    } catch (IOException e) {
      // Not readable in some sandboxes: then the size that every x86-64 has.
    }
    return 4096;
  }
}
