package io.mmapscope.benchmarks.program;

import java.io.IOException;
import java.nio.channels.FileChannel;

/** One way to map a file and unmap it again. Safe for any thread. */
public interface Mapping {

  /** Bytes that are mapped. */
  int LENGTH = 64 * 1024;

  int PAGE = 4096;

  /**
   * Maps the first {@link #LENGTH} bytes for reading, reads one byte of each of the first pages, and unmaps them.
   *
   * @return the sum of what was read
   */
  int mapAndUnmap(FileChannel channel, int pages) throws IOException;
}
