package io.mmapscope.e2e.programs;

import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Waits until the agent has begun: until it tells the file of a page fault. */
final class Ready {

  private Ready() {}

  static void await(Scrape scrape, Path directory) throws Exception {
    Path file = directory.resolve("ready.prb");
    long end = System.nanoTime() + Scrape.PATIENCE_SECONDS * 1_000_000_000L;
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      while (scrape.sum("mmap_faults_total", line -> line.contains("file_extension=\"prb\"")) == 0) {
        if (System.nanoTime() - end > 0) {
          throw new IllegalStateException("no page fault was told of in " + Scrape.PATIENCE_SECONDS + " s");
        }
        MappedByteBuffer page = channel.map(MapMode.READ_WRITE, 0, Touches.PAGE);
        page.put(0, (byte) 1);
        Buffers.UNSAFE.invokeCleaner(page);
        Thread.sleep(20);
      }
    }
  }
}
