package io.mmapscope.e2e.programs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;

/**
 * Takes more page faults than the agent has rows for while the agent's thread cannot read any: one thread writes to a
 * private mapping of a file, a fault a page, within a call of the JVM's that lets no safepoint begin, and another asks for
 * a collection, so that all threads of Java stop. Arguments: a directory, the port of the agent's Prometheus page.
 *
 * <p>Prints {@code total SEEN LEAST MOST} as {@link Touches} does, and {@code touched MINOR}: the writing thread's page
 * faults as the kernel counts them.
 */
public final class Overflow {

  private static final int PAGE = 4096;

  /** More than there are rows, should the writing thread change its processor on the way. */
  private static final int PAGES = 40_960;

  private static final int ROUNDS = 6;

  private static long touched;

  private Overflow() {}

  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    Scrape scrape = new Scrape(Integer.parseInt(args[1]));
    Ready.await(scrape, directory);
    Scrape.Moment before = scrape.moment();
    try (FileChannel channel =
        FileChannel.open(
            directory.resolve("pages.ovf"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(1), (long) PAGES * PAGE - 1);
      for (int i = 0; i < ROUNDS; i++) {
        round(map(channel));
      }
    }
    Scrape.Moment after = scrape.moment();
    scrape.awaitTold(after.seen());
    System.out.println("touched " + touched);
    System.out.println(
        "total " + (after.seen() - before.seen())
            + ' ' + (after.least() - before.most()) + ' ' + (after.most() - before.least()));
  }

  private static MappedByteBuffer map(FileChannel channel) throws IOException {
    return channel.map(MapMode.PRIVATE, 0, (long) PAGES * PAGE);
  }

  private static void round(MappedByteBuffer buffer) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Thread writer = new Thread(() -> write(Buffers.addressOf(buffer), begun));
    writer.start();
    begun.await();
    System.gc();
    writer.join();
    Buffers.UNSAFE.invokeCleaner(buffer);
  }

  private static void write(long address, CountDownLatch begun) {
    long before = faultsOfThread();
    begun.countDown();
    Buffers.UNSAFE.setMemory(address, (long) PAGES * PAGE, (byte) 1);
    touched += faultsOfThread() - before;
  }

  private static long faultsOfThread() {
    try {
      String stat = Files.readString(Path.of("/proc/thread-self/stat"));
      return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[7]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
