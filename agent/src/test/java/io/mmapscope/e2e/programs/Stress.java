package io.mmapscope.e2e.programs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that map, force, load and unmap at random. Arguments: a directory for data files, a file for the truth, how
 * many threads, for how many seconds, the longest pause between two operations of a thread in microseconds.
 */
public final class Stress implements Runnable {

  private static final int FILE_BYTES = 1 << 20;
  private static final int MOST_MAPPED = 24;
  /** What an agent that lost operations needs to find out what is mapped. */
  private static final int CATCH_UP_MILLIS = 2500;

  private record Mapped(MappedByteBuffer buffer, long address, int length, Here origin) {}

  private final Truth truth = new Truth();
  private final List<Mapped> mapped = new ArrayList<>();
  private final SplittableRandom random;
  private final Path file;
  private final FileChannel channel;
  private final long endNanos;
  private final int pauseMicros;
  private volatile Throwable failure;

  private Stress(int number, Path directory, long endNanos, int pauseMicros) throws IOException {
    this.random = new SplittableRandom(number);
    this.file = directory.resolve("stress-" + number % 4 + ".dat");
    this.channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    this.endNanos = endNanos;
    this.pauseMicros = pauseMicros;
    channel.write(ByteBuffer.allocate(FILE_BYTES), 0);
  }

  public static void main(String[] args) throws Exception {
    long endNanos = System.nanoTime() + Long.parseLong(args[3]) * 1_000_000_000L;
    List<Stress> all = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(args[2]); i++) {
      all.add(new Stress(i, Path.of(args[0]), endNanos, Integer.parseInt(args[4])));
      threads.add(new Thread(all.get(i), "stress-" + i));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    List<Truth> truths = new ArrayList<>();
    for (Stress stress : all) {
      if (stress.failure != null) {
        throw new IllegalStateException("thread failed", stress.failure);
      }
      truths.add(stress.truth);
    }
    Truth.write(Path.of(args[1]), truths);
    System.out.println("done");
  }

  @Override
  public void run() {
    try {
      while (System.nanoTime() - endNanos < 0) {
        step();
        if (pauseMicros > 0) {
          LockSupport.parkNanos(random.nextInt(pauseMicros) * 1000L);
        }
      }
      if (pauseMicros == 0) {
        Thread.sleep(CATCH_UP_MILLIS);
      }
      while (!mapped.isEmpty()) {
        force(any());
        unmap();
        Thread.sleep(1);
      }
    } catch (Throwable failed) {
      failure = failed;
    }
  }

  private void step() throws IOException {
    int choice = random.nextInt(20);
    if (mapped.isEmpty() || choice < 9 && mapped.size() < MOST_MAPPED) {
      map();
    } else if (choice < 17) {
      unmap();
    } else if (choice < 19) {
      load(any());
    } else {
      force(any());
    }
  }

  private void map() throws IOException {
    int offset = random.nextInt(FILE_BYTES / 2);
    int length = 1 + random.nextInt(FILE_BYTES / 8);
    MappedByteBuffer buffer;
    Here here;
    switch (random.nextInt(6)) {
      case 0 -> { here = Here.now(); buffer = channel.map(MapMode.READ_ONLY, offset, length); }
      case 1 -> { here = Here.now(); buffer = channel.map(MapMode.READ_WRITE, offset, length); }
      case 2 -> { here = Here.now(); buffer = channel.map(MapMode.PRIVATE, offset, length); }
      case 3 -> { here = Here.now(); buffer = channel.map(MapMode.READ_ONLY, offset &= -4096, length); }
      case 4 -> { here = Here.now(); buffer = channel.map(MapMode.READ_ONLY, offset = 0, length); }
      default -> { here = Here.now(); buffer = channel.map(MapMode.READ_WRITE, offset, length = 4096); }
    }
    long address = Buffers.addressOf(buffer);
    truth.add("FileChannel.map", here, address, length, offset, null, file);
    mapped.add(new Mapped(buffer, address, length, here));
  }

  private Mapped any() {
    return mapped.get(random.nextInt(mapped.size()));
  }

  private void unmap() {
    Mapped one = mapped.remove(random.nextInt(mapped.size()));
    Here here;
    switch (random.nextInt(3)) {
      case 0 -> { here = Here.now(); Buffers.UNSAFE.invokeCleaner(one.buffer); }
      case 1 -> { here = Here.now(); Buffers.UNSAFE.invokeCleaner(one.buffer); }
      default -> { here = Here.now(); Buffers.UNSAFE.invokeCleaner(one.buffer); }
    }
    truth.add("FileChannel.unmap", here, one.address, one.length, -1, one.origin, file);
  }

  private void load(Mapped one) {
    Here here;
    if (random.nextBoolean()) {
      here = Here.now(); one.buffer.load();
    } else {
      here = Here.now(); one.buffer.load();
    }
    truth.add("MappedByteBuffer.load", here, one.address, one.length, -1, one.origin, file);
  }

  private void force(Mapped one) {
    Here here;
    int index = random.nextInt(one.length);
    int length = 1 + random.nextInt(one.length - index);
    if (random.nextBoolean()) {
      here = Here.now(); one.buffer.force(index, length);
    } else {
      index = 0;
      length = one.length;
      here = Here.now(); one.buffer.force();
    }
    truth.add("MappedByteBuffer.force", here, one.address + index, length, -1, one.origin, file);
  }
}
