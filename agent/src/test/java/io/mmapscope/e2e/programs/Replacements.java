package io.mmapscope.e2e.programs;

import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that read a range of addresses while another replaces what is mapped there, in each way that leaves no hole: by
 * mmap with MAP_FIXED, by mremap onto it, by remap_file_pages. Each page of each file holds a byte of its own, so what
 * was read tells what was mapped. Arguments: a directory, a file for the truth, the port of the agent's Prometheus page,
 * how many threads, how many touches each makes.
 *
 * <p>A row of the truth is {@code address,file,offset,faults,thread}: a touch during which the kernel counted faults, and
 * what was mapped there when it ended.
 */
public final class Replacements {

  public static final int PAGE = 4096;
  public static final List<String> FILES = List.of("ra", "rb", "rc", "rd");

  /** Of a file; with the files' number, as many as there are bytes. */
  private static final int PAGES = 64;

  private static final int WINDOWS = 16;
  private static final int WINDOW = 16 * PAGE;
  private static final int MAP_NONBLOCK = 0x10000;
  private static final int READ = Libc.PROT_READ;

  private final List<Path> paths = new ArrayList<>();
  private final int[] files = new int[FILES.size()];
  private final int[] fileAt = new int[WINDOWS];
  private final SplittableRandom random = new SplittableRandom(7);
  private final int touches;
  private long region;

  private Replacements(int touches) {
    this.touches = touches;
  }

  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    Replacements replacements = new Replacements(Integer.parseInt(args[4]));
    for (String extension : FILES) {
      replacements.make(directory.resolve("replacements." + extension));
    }
    Scrape scrape = new Scrape(Integer.parseInt(args[2]));
    Ready.await(scrape, directory);
    Files.write(Path.of(args[1]), replacements.run(Integer.parseInt(args[3])));
    scrape.awaitTold(scrape.moment().seen());
    System.out.println("done");
  }

  private void make(Path path) throws Exception {
    int file = paths.size();
    byte[] content = new byte[PAGES * PAGE];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (file * PAGES + i / PAGE);
    }
    Files.write(path, content);
    paths.add(path);
    files[file] = Libc.open(path.toString(), Libc.O_RDWR);
  }

  private List<String> run(int threads) throws Exception {
    long more = Libc.mmap(0, (WINDOWS + 1) * WINDOW, READ, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
    region = more + WINDOW - 1 & -WINDOW;
    for (int window = 0; window < WINDOWS; window++) {
      change(window, 0, 0);
    }
    List<Toucher> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      all.add(new Toucher(i, threads));
    }
    all.forEach(Thread::start);
    while (all.stream().anyMatch(Thread::isAlive)) {
      int window = random.nextInt(WINDOWS);
      switch (random.nextInt(5)) {
        case 0, 1 -> change(window, 0, random.nextInt(FILES.size()));
        case 2 -> change(window, 1, random.nextInt(FILES.size()));
        case 3 -> change(window, 2, fileAt[window]);
        default -> mapAndUnmap();
      }
      Thread.sleep(0, 200_000);
    }
    List<String> rows = new ArrayList<>();
    for (Toucher each : all) {
      rows.addAll(each.rows);
    }
    return rows;
  }

  /** Nothing of it is touched; but its addresses are given again and again. */
  private void mapAndUnmap() throws Exception {
    try (FileChannel channel = FileChannel.open(paths.get(random.nextInt(paths.size())))) {
      MappedByteBuffer buffer = channel.map(MapMode.READ_ONLY, 0, WINDOW);
      Buffers.UNSAFE.invokeCleaner(buffer);
    }
  }

  /** In a method for each file, which is the call site of what comes to be there. */
  private void change(int window, int how, int file) {
    fileAt[window] = file;
    switch (file) {
      case 0 -> byRa(window, how);
      case 1 -> byRb(window, how);
      case 2 -> byRc(window, how);
      default -> byRd(window, how);
    }
  }

  private void byRa(int window, int how) {
    replace(window, how, 0);
  }

  private void byRb(int window, int how) {
    replace(window, how, 1);
  }

  private void byRc(int window, int how) {
    replace(window, how, 2);
  }

  private void byRd(int window, int how) {
    replace(window, how, 3);
  }

  /** The method to name in the setting {@code operations}. */
  void replace(int window, int how, int file) {
    long to = region + (long) window * WINDOW;
    int page = random.nextInt(PAGES - WINDOW / PAGE);
    long offset = (long) page * PAGE;
    long result =
        switch (how) {
          case 0 -> Libc.mmap(to, WINDOW, READ, Libc.MAP_SHARED | Libc.MAP_FIXED, files[file], offset);
          case 1 -> {
            long from = Libc.mmap(0, WINDOW, READ, Libc.MAP_SHARED, files[file], offset);
            yield Libc.mremap(from, WINDOW, WINDOW, Libc.MREMAP_MAYMOVE | Libc.MREMAP_FIXED, to);
          }
          // Without MAP_NONBLOCK the kernel maps the pages as well: a thread that just had its fault would read them.
          default -> to + Libc.remap_file_pages(to, WINDOW, 0, page, MAP_NONBLOCK);
        };
    if (result != to) {
      throw new IllegalStateException("not replaced, errno " + Libc.errno());
    }
  }

  /**
   * Touches each address at most once, so that the address tells the touch. It has windows of its own, for a fault maps
   * neighbouring pages too: where another thread's did, what was read may be newer than what the fault found.
   */
  private final class Toucher extends Thread {
    private final SplittableRandom random;
    private final FaultJudge judge = new FaultJudge();
    private final List<String> rows = new ArrayList<>();
    private final int[] next = new int[WINDOWS * WINDOW / PAGE];
    private final int number;
    private final int threads;

    Toucher(int number, int threads) {
      super("replacements-" + number);
      this.random = new SplittableRandom(number);
      this.number = number;
      this.threads = threads;
    }

    @Override
    public void run() {
      for (int i = 0; i < touches; i++) {
        if (i % 16 == 0) {
          LockSupport.parkNanos(1_000_000); // the agent's thread is one of many here
        }
        int window = random.nextInt(WINDOWS / threads) * threads + number;
        int page = window * (WINDOW / PAGE) + random.nextInt(WINDOW / PAGE);
        if (next[page] < PAGE) {
          touch(region + (long) page * PAGE + next[page]++);
        }
      }
    }

    private void touch(long address) {
      if (random.nextInt(4) == 0) {
        Libc.madvise(address & -PAGE, PAGE, Libc.MADV_DONTNEED);
      }
      judge.begin();
      byte seen = Buffers.UNSAFE.getByte(address);
      judge.end();
      long faults = judge.minor() + judge.major();
      if (faults > 0) {
        int page = seen & 0xff;
        rows.add(
            address + "," + FILES.get(page / PAGES) + ',' + page % PAGES * PAGE + ',' + faults + ',' + getName());
      }
    }
  }
}
