package io.mmapscope.e2e.programs;

import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that map, remap and unmap two files each in every way there is, from Java and through native code. Leaves
 * much of it mapped and prints the files' lines of {@code /proc/self/maps}, each after {@code maps }.
 *
 * <p>Files end in {@code .plainN}: mapped whole or cut, never rearranged, so that the kernel cannot join two of their
 * mappings; and in {@code .wildN}: rearranged at will. Arguments: a directory, threads, steps, microseconds between two
 * steps, milliseconds to wait before the work and after it.
 */
public final class Rearrange implements Runnable {

  private static final int PAGE = 4096;
  private static final int PLAIN_PAGES = 8;
  private static final int WILD_PAGES = 64;
  private static final int AREA_PAGES = 96;
  private static final int READ_WRITE = Libc.PROT_READ | Libc.PROT_WRITE;
  private static final int MOST = 20;

  /** Where the kernel puts nothing of its own: what is unmapped there stays free. */
  private static final long AREAS = 0x2000_0000_0000L;

  /** What must not be unmapped by the garbage collector. */
  private static final List<Object> KEPT = Collections.synchronizedList(new ArrayList<>());

  private final SplittableRandom random;
  private final int steps;
  private final long pauseNanos;
  private final long area;
  private final FileChannel plain;
  private final FileChannel wild;
  private final int plainDescriptor;
  private final int wildDescriptor;
  private final List<MappedByteBuffer> plainBuffers = new ArrayList<>();
  private final List<MappedByteBuffer> wildBuffers = new ArrayList<>();
  private final List<Long> plainNative = new ArrayList<>();
  private int cuts;
  private volatile Throwable failure;

  private Rearrange(Path directory, int number, int steps, int pauseMicros) throws Exception {
    this.random = new SplittableRandom(number);
    this.steps = steps;
    this.pauseNanos = pauseMicros * 1000L;
    this.area = AREAS + ((long) number << 32);
    Path plainFile = Files.write(directory.resolve("file.plain" + number), new byte[PLAIN_PAGES * PAGE]);
    Path wildFile = Files.write(directory.resolve("file.wild" + number), new byte[WILD_PAGES * PAGE]);
    this.plain = FileChannel.open(plainFile, StandardOpenOption.READ, StandardOpenOption.WRITE);
    this.wild = FileChannel.open(wildFile, StandardOpenOption.READ, StandardOpenOption.WRITE);
    this.plainDescriptor = Libc.open(plainFile.toString(), Libc.O_RDWR);
    this.wildDescriptor = Libc.open(wildFile.toString(), Libc.O_RDWR);
  }

  public static void main(String[] args) throws Exception {
    List<Rearrange> all = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(args[1]); i++) {
      all.add(new Rearrange(Path.of(args[0]), i, Integer.parseInt(args[2]), Integer.parseInt(args[3])));
      threads.add(new Thread(all.get(i), "rearrange-" + i));
    }
    Thread.sleep(Long.parseLong(args[4]));
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    for (Rearrange each : all) {
      if (each.failure != null) {
        throw new IllegalStateException("thread failed", each.failure);
      }
    }
    Thread.sleep(Long.parseLong(args[5]));
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      if (line.contains("/file.plain") || line.contains("/file.wild")) {
        System.out.println("maps " + line);
      }
    }
    System.out.println("done, kept " + KEPT.size());
  }

  @Override
  public void run() {
    try {
      for (int i = 0; i < steps; i++) {
        switch (random.nextInt(3)) {
          case 0 -> plainStep();
          case 1 -> wildBuffer();
          default -> wildArea();
        }
        if (pauseNanos > 0) {
          LockSupport.parkNanos(pauseNanos);
        }
      }
      KEPT.add(plainBuffers);
      KEPT.add(wildBuffers);
    } catch (Throwable failed) {
      failure = failed;
    }
  }

  /** Whole mappings from the file's first page on, by Java or natively; native ones are cut, too. */
  private void plainStep() throws Exception {
    switch (random.nextInt(6)) {
      case 0 -> {
        if (plainBuffers.size() < MOST) {
          MapMode mode = random.nextBoolean() ? MapMode.READ_WRITE : MapMode.PRIVATE;
          plainBuffers.add(plain.map(mode, 0, PLAIN_PAGES * PAGE));
        }
      }
      case 1 -> unmap(plainBuffers);
      case 2 -> {
        if (!plainBuffers.isEmpty()) {
          plainBuffers.get(random.nextInt(plainBuffers.size())).force();
        }
      }
      case 3 -> {
        if (plainNative.size() < MOST) {
          plainNative.add(mapped(0, PLAIN_PAGES, Libc.MAP_SHARED, plainDescriptor, 0));
        }
      }
      case 4 -> {
        if (!plainNative.isEmpty()) {
          check(Libc.munmap(plainNative.remove(random.nextInt(plainNative.size())), PLAIN_PAGES * PAGE), "munmap");
        }
      }
      default -> {
        // Given up, lest somebody else is in its hole when it is unmapped.
        if (cuts < MOST && !plainNative.isEmpty()) {
          cuts++;
          int first = random.nextInt(PLAIN_PAGES);
          int pages = 1 + random.nextInt(PLAIN_PAGES - first);
          check(Libc.munmap(plainNative.remove(0) + (long) first * PAGE, (long) pages * PAGE), "munmap");
        }
      }
    }
  }

  /** Mappings by Java of which native code changes the protection or the file's pages behind them. */
  private void wildBuffer() throws Exception {
    int choice = random.nextInt(4);
    if (choice == 0 && wildBuffers.size() < MOST) {
      int first = random.nextInt(WILD_PAGES - 8);
      wildBuffers.add(wild.map(MapMode.READ_WRITE, (long) first * PAGE + random.nextInt(PAGE), 7 * PAGE));
    } else if (choice == 1) {
      unmap(wildBuffers);
    } else if (!wildBuffers.isEmpty()) {
      long address = Buffers.addressOf(wildBuffers.get(random.nextInt(wildBuffers.size()))) & -PAGE;
      long at = address + (long) random.nextInt(4) * PAGE;
      if (choice == 2) {
        check(Libc.mprotect(at, 2 * PAGE, random.nextBoolean() ? Libc.PROT_READ : READ_WRITE), "mprotect");
      } else {
        // Fails where an earlier one has left a border within the range.
        Libc.remap_file_pages(at, 2 * PAGE, 0, random.nextInt(WILD_PAGES - 2), 0);
      }
    }
  }

  /** Native calls with addresses of the program's choice. Some fail, but none of them half-way. */
  private void wildArea() {
    long at = area + (long) random.nextInt(AREA_PAGES - 16) * PAGE;
    int pages = 1 + random.nextInt(8);
    switch (random.nextInt(9)) {
      case 0, 1 -> mapped(at, pages, fixed(Libc.MAP_SHARED), wildDescriptor, random.nextInt(WILD_PAGES - 8));
      case 2 -> mapped(at, pages, fixed(Libc.MAP_PRIVATE), wildDescriptor, random.nextInt(WILD_PAGES - 8));
      case 3 -> mapped(at, pages, fixed(Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS), -1, 0);
      case 4 -> Libc.munmap(at, (long) pages * PAGE);
      case 5 -> Libc.mprotect(at, (long) pages * PAGE, random.nextBoolean() ? Libc.PROT_NONE : READ_WRITE);
      case 6 -> Libc.remap_file_pages(at, (long) pages * PAGE, 0, random.nextInt(WILD_PAGES), 0);
      case 7 -> resize(pages);
      default -> move(pages, at);
    }
  }

  private static int fixed(int flags) {
    return flags | Libc.MAP_FIXED;
  }

  /** Maps anywhere, makes it smaller or larger, and unmaps that. */
  private void resize(int pages) {
    long source = mapped(0, pages, Libc.MAP_SHARED, wildDescriptor, random.nextInt(WILD_PAGES - 20));
    long bytes = (1L + random.nextInt(12)) * PAGE;
    long result = Libc.mremap(source, (long) pages * PAGE, bytes, Libc.MREMAP_MAYMOVE);
    check(result == -1 ? -1 : 0, "mremap");
    check(Libc.munmap(result, bytes), "munmap");
  }

  /** Maps anywhere, and moves or copies it into the area, over whatever is there. */
  private void move(int pages, long to) {
    int flags = Libc.MREMAP_MAYMOVE | Libc.MREMAP_FIXED;
    boolean copy = random.nextBoolean();
    boolean keep = !copy && random.nextInt(3) == 0;
    long source = mapped(0, pages, Libc.MAP_SHARED, wildDescriptor, random.nextInt(WILD_PAGES - 20));
    long bytes = (long) (keep ? pages : 1 + random.nextInt(12)) * PAGE;
    long oldBytes = copy ? 0 : (long) pages * PAGE;
    long result = Libc.mremap(source, oldBytes, bytes, keep ? flags | Libc.MREMAP_DONTUNMAP : flags, to);
    check(result == to ? 0 : -1, "mremap to an address");
    if (copy || keep) {
      check(Libc.munmap(source, (long) pages * PAGE), "munmap");
    }
  }

  private static long mapped(long address, int pages, int flags, int descriptor, int firstPage) {
    long result = Libc.mmap(address, (long) pages * PAGE, READ_WRITE, flags, descriptor, (long) firstPage * PAGE);
    check(result == -1 ? -1 : 0, "mmap");
    return result;
  }

  private void unmap(List<MappedByteBuffer> buffers) {
    if (!buffers.isEmpty()) {
      Buffers.UNSAFE.invokeCleaner(buffers.remove(random.nextInt(buffers.size())));
    }
  }

  private static void check(int result, String call) {
    if (result != 0) {
      throw new IllegalStateException(call + " failed with errno " + Libc.errno());
    }
  }
}
