package io.mmapscope.e2e.programs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Threads that map and unmap all the time, and answer to lines on standard input: {@code pause}, with a row {@code
 * address,length,offset,function:line,file} for each live mapping; {@code go}; {@code quit}; {@code halt}; {@code
 * eat}, to take memory without end. Each answer ends with {@code end}. Arguments: a directory, threads, live mappings a thread, microseconds between two steps.
 */
public final class Busy implements Runnable {

  private static final int PAGE = 4096;
  private static final int FILE_PAGES = 64;

  /** Held for reading while a thread works: who holds it for writing has them paused. */
  private static final ReentrantReadWriteLock GATE = new ReentrantReadWriteLock(true);

  private record Live(MappedByteBuffer buffer, long address, int length, long offset, Here here) {}

  private final Path file;
  private final int most;
  private final long pauseMicros;
  private final SplittableRandom random;
  private final List<Live> live = new ArrayList<>();
  private volatile Throwable failure;

  private Busy(Path file, int number, int most, long pauseMicros) {
    this.file = file;
    this.most = most;
    this.pauseMicros = pauseMicros;
    this.random = new SplittableRandom(number);
  }

  public static void main(String[] args) throws Exception {
    List<Busy> all = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(args[1]); i++) {
      Path file = Files.write(Path.of(args[0]).resolve("busy" + i + ".data"), new byte[FILE_PAGES * PAGE]);
      all.add(new Busy(file, i, Integer.parseInt(args[2]), Long.parseLong(args[3])));
      Thread thread = new Thread(all.get(i), "busy-" + i);
      thread.setDaemon(true);
      thread.start();
    }
    System.out.println("end");
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      answer(line, all);
    }
  }

  private static void answer(String line, List<Busy> all) {
    switch (line) {
      case "pause" -> {
        GATE.writeLock().lock();
        all.forEach(Busy::print);
      }
      case "go" -> GATE.writeLock().unlock();
      case "eat" -> eat();
      case "quit" -> System.exit(3);
      case "halt" -> Runtime.getRuntime().halt(4);
      default -> System.out.println("unknown: " + line);
    }
    System.out.println("end");
  }

  private static void eat() {
    List<byte[]> eaten = new ArrayList<>();
    while (true) {
      eaten.add(new byte[1 << 20]);
    }
  }

  private void print() {
    if (failure != null) {
      System.out.println("failure " + failure);
    }
    for (Live each : live) {
      System.out.println(
          each.address + "," + each.length + "," + each.offset + "," + each.here.function() + ":" + each.here.line()
              + "," + file);
    }
  }

  @Override
  public void run() {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      while (true) {
        GATE.readLock().lock();
        try {
          step(channel);
        } finally {
          GATE.readLock().unlock();
        }
        Thread.sleep(pauseMicros / 1000, (int) (pauseMicros % 1000) * 1000);
      }
    } catch (Throwable failed) {
      failure = failed;
    }
  }

  private void step(FileChannel channel) throws IOException {
    if (live.size() >= most) {
      Buffers.UNSAFE.invokeCleaner(live.remove(random.nextInt(live.size())).buffer);
    }
    long offset = (long) PAGE * random.nextInt(FILE_PAGES / 2);
    int length = PAGE * (1 + random.nextInt(FILE_PAGES / 2));
    Here here = Here.now(); MappedByteBuffer buffer = channel.map(MapMode.READ_WRITE, offset, length);
    buffer.put(0, (byte) 1);
    live.add(new Live(buffer, Buffers.addressOf(buffer), length, offset, here));
  }
}
