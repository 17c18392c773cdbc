package io.mmapscope.e2e.programs;

import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads that touch one page and end, while many others live; then a cold file is loaded. Arguments: a directory, the
 * port of the agent's Prometheus page, how many threads live, how many come and go.
 *
 * <p>Prints {@code faults COUNT}, what the kernel counted in the short threads' touches, and {@code load MINOR MAJOR}.
 */
public final class ThreadFaults {

  private static final int PAGES = 256;

  private ThreadFaults() {}

  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    Scrape scrape = new Scrape(Integer.parseInt(args[1]));
    Ready.await(scrape, directory);
    CountDownLatch end = new CountDownLatch(1);
    List<Thread> living = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(args[2]); i++) {
      living.add(new Thread(() -> await(end)));
      living.get(i).start();
    }
    try (FileChannel channel = open(directory.resolve("threads.shr"))) {
      MappedByteBuffer buffer = channel.map(MapMode.READ_WRITE, 0, PAGES * Touches.PAGE);
      System.out.println("faults " + comeAndGo(buffer, Integer.parseInt(args[3])));
    }
    end.countDown();
    load(directory.resolve("load.cld"));
    scrape.awaitTold(scrape.moment().seen());
  }

  private static FileChannel open(Path path) throws Exception {
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    channel.write(ByteBuffer.allocate(PAGES * Touches.PAGE));
    channel.force(true);
    return channel;
  }

  private static void await(CountDownLatch end) {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Each takes its page out of the page table first, so that there is a fault. */
  private static long comeAndGo(MappedByteBuffer buffer, int threads) throws InterruptedException {
    AtomicLong faults = new AtomicLong();
    for (int i = 0; i < threads; i++) {
      int offset = i % PAGES * Touches.PAGE;
      Thread thread =
          new Thread(
              () -> {
                FaultJudge judge = new FaultJudge();
                Libc.madvise(Buffers.addressOf(buffer) + offset, Touches.PAGE, Libc.MADV_DONTNEED);
                judge.begin();
                buffer.put(offset, (byte) 1);
                judge.end();
                faults.addAndGet(judge.minor() + judge.major());
              });
      thread.start();
      thread.join();
    }
    return faults.get();
  }

  private static void load(Path path) throws Exception {
    open(path).close();
    Touches.evict(path);
    FaultJudge judge = new FaultJudge();
    try (FileChannel channel = FileChannel.open(path)) {
      MappedByteBuffer buffer = channel.map(MapMode.READ_ONLY, 0, PAGES * Touches.PAGE);
      judge.begin();
      buffer.load();
      judge.end();
    }
    System.out.println("load " + judge.minor() + ' ' + judge.major());
  }
}
