package io.mmapscope.benchmarks.program;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;

/** A mapped segment in an arena of its own, which unmaps it when it is closed. JDK 22 and later. */
final class ArenaMapping implements Mapping {

  @Override
  public int mapAndUnmap(FileChannel channel, int pages) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = channel.map(MapMode.READ_ONLY, 0, LENGTH, arena);
      int sum = 0;
      for (int page = 0; page < pages; page++) {
        sum += segment.get(ValueLayout.JAVA_BYTE, (long) page * PAGE);
      }
      return sum;
    }
  }
}
