package io.mmapscope.benchmarks.program;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import sun.misc.Unsafe;

/** {@code FileChannel.map} and {@code Unsafe.invokeCleaner}, both called directly, as libraries do on JDK 17. */
final class ChannelMapping implements Mapping {

  private static final Unsafe UNSAFE = Unmapping.UNSAFE;

  @Override
  public int mapAndUnmap(FileChannel channel, int pages) throws IOException {
    MappedByteBuffer buffer = channel.map(MapMode.READ_ONLY, 0, LENGTH);
    int sum = 0;
    for (int page = 0; page < pages; page++) {
      sum += buffer.get(page * PAGE);
    }
    UNSAFE.invokeCleaner(buffer);
    return sum;
  }
}
