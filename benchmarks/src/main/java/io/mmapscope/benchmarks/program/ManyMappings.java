package io.mmapscope.benchmarks.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Many threads, each of which maps a file's first page again and again and touches some of that. When all are done it
 * prints a line and lives on, with all threads and all mappings, until its standard input ends:
 *
 * <pre>ready=NANOSECONDS touched=PAGES</pre>
 *
 * <p>Arguments: file, threads, mappings a thread, of how many mappings one is touched.
 */
public final class ManyMappings {

  private static final int PAGE = 4096;

  private static int sum;

  private ManyMappings() {}

  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    int threads = Integer.parseInt(arguments[1]);
    int mappings = Integer.parseInt(arguments[2]);
    int touchEach = Integer.parseInt(arguments[3]);
    CountDownLatch done = new CountDownLatch(threads);
    CountDownLatch end = new CountDownLatch(1);
    try (FileChannel channel = FileChannel.open(file)) {
      for (int i = 0; i < threads; i++) {
        Thread thread = new Thread(() -> work(channel, mappings, touchEach, done, end), "many-" + i);
        thread.setDaemon(true);
        thread.start();
      }
      done.await();
      long touched = (long) threads * ((mappings + touchEach - 1) / touchEach);
      System.out.println("ready=" + System.nanoTime() + " touched=" + touched);
      while (System.in.read() >= 0) {
        // Until it ends.
      }
    }
    end.countDown();
    if (sum == Integer.MIN_VALUE) {
      throw new IllegalStateException("the reads' sum cannot be that");
    }
  }

  private static void work(
      FileChannel channel, int mappings, int touchEach, CountDownLatch done, CountDownLatch end) {
    List<MappedByteBuffer> live = new ArrayList<>(mappings);
    try {
      for (int i = 0; i < mappings; i++) {
        MappedByteBuffer buffer = channel.map(MapMode.READ_ONLY, 0, PAGE);
        if (i % touchEach == 0) {
          sum += buffer.get(0);
        }
        live.add(buffer);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    done.countDown();
    try {
      end.await();
    } catch (InterruptedException never) {
      Thread.currentThread().interrupt();
    }
    sum += live.size();
  }
}
