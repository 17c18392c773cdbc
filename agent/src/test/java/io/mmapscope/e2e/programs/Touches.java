package io.mmapscope.e2e.programs;

import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;

/**
 * Touches pages of mapped files on several threads, in rounds with the files evicted from the page cache and rounds
 * without, each round on new mappings of its own. Arguments: a directory, a file for the truth, the port of the agent's
 * Prometheus page, how many threads, how many rounds.
 *
 * <p>Prints {@code total SEEN LEAST MOST}: page faults that the agent saw between two moments, and bounds of what the
 * kernel counted between them. The truth is of {@link TouchWork}.
 */
public final class Touches {

  public static final int PAGE = 4096;

  /** Of a file; a multiple of the threads' number. */
  static final int PAGES = 512;

  /** Extensions of the files; each is mapped by a method of its own. */
  public static final List<String> FILES = List.of("alp", "bet", "gam");

  static final int BULK = 1000;
  static final int BULK_PAGES = 256;

  /** A span's page faults are summed up until it has had none for two seconds. */
  private static final int UNTIL_SUMMED_MILLIS = 2500;

  static final SdkTracerProvider TRACER = SdkTracerProvider.builder().build();

  private final List<Path> paths = new ArrayList<>();
  private final List<FileChannel> channels = new ArrayList<>();
  private final Path sink;
  private int times;

  private Touches(Path sink) {
    this.sink = sink;
  }

  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    Touches touches = new Touches(Files.createFile(directory.resolve("sink")));
    for (String extension : FILES) {
      touches.make(directory.resolve("touches." + extension));
    }
    Scrape scrape = new Scrape(Integer.parseInt(args[2]));
    Ready.await(scrape, directory);
    Scrape.Moment before = scrape.moment();
    List<String> rows = touches.run(Integer.parseInt(args[3]), Integer.parseInt(args[4]));
    // Where each fault is a span, those of the bulk may be more than can be sent at the exit: the sums are to be before.
    Thread.sleep(UNTIL_SUMMED_MILLIS);
    bulk();
    Scrape.Moment after = scrape.moment();
    scrape.awaitTold(after.seen());
    Files.write(Path.of(args[1]), rows);
    System.out.println(
        "total " + (after.seen() - before.seen())
            + ' ' + (after.least() - before.most()) + ' ' + (after.most() - before.least()));
  }

  /** So many faults that those of looking at the counters do not matter. */
  static void bulk() throws InterruptedException {
    int length = BULK_PAGES * PAGE;
    long memory = Libc.mmap(0, length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < BULK; i++) {
      Libc.madvise(memory, length, Libc.MADV_DONTNEED);
      for (int offset = 0; offset < length; offset += PAGE) {
        Buffers.UNSAFE.putByte(memory + offset, (byte) 1);
      }
      if (i % 8 == 0) {
        Thread.sleep(1);
      }
    }
    Libc.munmap(memory, length);
  }

  private void make(Path path) throws Exception {
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    ByteBuffer content = ByteBuffer.allocate(PAGES * PAGE);
    Arrays.fill(content.array(), (byte) (paths.size() + 1));
    channel.write(content);
    channel.force(true);
    paths.add(path);
    channels.add(channel);
  }

  private List<String> run(int threads, int rounds) throws Exception {
    List<TouchWork> all = new ArrayList<>();
    CyclicBarrier barrier = new CyclicBarrier(threads, this::evictEverySecondTime);
    for (int i = 0; i < threads; i++) {
      all.add(new TouchWork(this, sink, i, threads, rounds, barrier));
    }
    all.forEach(Thread::start);
    List<String> rows = new ArrayList<>();
    for (TouchWork each : all) {
      each.join();
      rows.addAll(each.rows());
    }
    return rows;
  }

  /** Called when a round begins and when it ends; nothing of the files is mapped then. */
  private void evictEverySecondTime() {
    if (times++ % 4 == 0) {
      try {
        for (int i = 0; i < paths.size(); i++) {
          channels.get(i).force(true);
          evict(paths.get(i));
        }
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  static void evict(Path path) {
    int file = Libc.open(path.toString(), Libc.O_RDWR);
    int error = Libc.posix_fadvise(file, 0, 0, Libc.POSIX_FADV_DONTNEED);
    if (file < 0 || error != 0 || Libc.close(file) != 0) {
      throw new IllegalStateException("cannot evict " + path + ", errno " + error);
    }
  }

  /** Maps a file, each in a method of its own, which is its call site. */
  MappedByteBuffer map(int file) throws Exception {
    return switch (file) {
      case 0 -> mapAlp(channels.get(0));
      case 1 -> mapBet(channels.get(1));
      default -> mapGam(channels.get(2));
    };
  }

  private static MappedByteBuffer mapAlp(FileChannel channel) throws Exception {
    return channel.map(MapMode.READ_ONLY, 0, PAGES * PAGE);
  }

  private static MappedByteBuffer mapBet(FileChannel channel) throws Exception {
    return channel.map(MapMode.READ_WRITE, 0, PAGES * PAGE);
  }

  private static MappedByteBuffer mapGam(FileChannel channel) throws Exception {
    return channel.map(MapMode.PRIVATE, 0, PAGES * PAGE);
  }
}
