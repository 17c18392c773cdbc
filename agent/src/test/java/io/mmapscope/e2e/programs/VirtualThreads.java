package io.mmapscope.e2e.programs;

import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Many virtual threads that map through arenas and close them, with sleeps between, so that each goes on on another
 * carrier. For JDK 22 and later, so by reflection. Arguments: a directory, a file for the truth, how many threads.
 */
public final class VirtualThreads implements Runnable {

  private static final int TIMES = 6;
  private static final int FILES = 4;

  private final Truth truth = new Truth();
  private final SplittableRandom random;
  private final Path file;
  private final FileChannel channel;
  private final Arenas arenas;
  private volatile Throwable failure;

  /** What there is of java.lang.foreign. */
  private record Arenas(Method shared, Method confined, Method map, Method address, Method close) {
    static Arenas find() throws ReflectiveOperationException {
      Class<?> arena = Class.forName("java.lang.foreign.Arena");
      return new Arenas(
          arena.getMethod("ofShared"),
          arena.getMethod("ofConfined"),
          FileChannel.class.getMethod("map", MapMode.class, long.class, long.class, arena),
          Class.forName("java.lang.foreign.MemorySegment").getMethod("address"),
          arena.getMethod("close"));
    }
  }

  private VirtualThreads(int number, Path file, FileChannel channel, Arenas arenas) {
    this.random = new SplittableRandom(number);
    this.file = file;
    this.channel = channel;
    this.arenas = arenas;
  }

  public static void main(String[] args) throws Exception {
    Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
    List<Path> files = new ArrayList<>();
    List<FileChannel> channels = new ArrayList<>();
    for (int i = 0; i < FILES; i++) {
      files.add(Path.of(args[0]).resolve("virtual-" + i + ".dat"));
      channels.add(
          FileChannel.open(
              files.get(i), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
      channels.get(i).write(ByteBuffer.allocate(1 << 20));
    }
    Arenas arenas = Arenas.find();
    List<VirtualThreads> all = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(args[2]); i++) {
      all.add(new VirtualThreads(i, files.get(i % FILES), channels.get(i % FILES), arenas));
      threads.add((Thread) start.invoke(null, all.get(i)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    List<Truth> truths = new ArrayList<>();
    for (VirtualThreads each : all) {
      if (each.failure != null) {
        throw new IllegalStateException("thread failed", each.failure);
      }
      truths.add(each.truth);
    }
    Truth.write(Path.of(args[1]), truths);
    System.out.println("done");
  }

  @Override
  public void run() {
    try {
      for (int i = 0; i < TIMES; i++) {
        mapAndClose((i % 2 == 0 ? arenas.shared : arenas.confined).invoke(null));
      }
    } catch (Throwable failed) {
      failure = failed;
    }
  }

  private void mapAndClose(Object arena) throws Exception {
    long offset = random.nextInt(1 << 19);
    long length = 1 + random.nextInt(1 << 17);
    Here origin = Here.now(); Object segment = arenas.map.invoke(channel, MapMode.READ_WRITE, offset, length, arena);
    long address = (long) arenas.address.invoke(segment);
    truth.add("FileChannel.map", origin, address, length, offset, null, file);
    Thread.sleep(random.nextInt(10));
    Here here = Here.now(); arenas.close.invoke(arena);
    truth.add("FileChannel.unmap", here, address, length, -1, origin, file);
    Thread.sleep(random.nextInt(10));
  }
}
