package io.mmapscope.e2e.programs;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes memory by direct buffers, by arenas where the JDK has them, and by native code. Of each it prints {@code KIND TOLD
 * FAULTS}: how many page faults on direct memory the agent told of meanwhile, and how many the kernel counted while such
 * memory was allocated, which touches it. Its argument is the port of the agent's Prometheus page.
 */
public final class DirectBuffers {

  public static final int BUFFERS = 64;

  private static final int BYTES = 1 << 20;

  /** Malloc maps it by itself, whatever was freed before, and unmaps it when it is freed. */
  private static final int LARGE = 33 << 20;

  private static final List<Object> KEPT = new ArrayList<>();

  private final Scrape scrape;
  private final FaultJudge judge = new FaultJudge();
  private long faults;

  private DirectBuffers(int port) {
    scrape = new Scrape(port);
  }

  public static void main(String[] args) throws Exception {
    DirectBuffers program = new DirectBuffers(Integer.parseInt(args[0]));
    program.await(program::buffer);
    program.tell("buffers", BUFFERS, program::buffer);
    program.tell("native", BUFFERS, program::ofNativeCode);
    program.tell("freed", 3, program::bufferThenNativeCode);
    if (Runtime.version().feature() >= 22) {
      program.await(program::segment);
      program.tell("segments", BUFFERS, program::segment);
    }
  }

  /** Until the agent tells of such memory: it looks for it only when there is some. */
  private void await(Runnable allocate) throws Exception {
    long end = System.nanoTime() + Scrape.PATIENCE_SECONDS * 1_000_000_000L;
    double before = told();
    while (told() < before + BYTES / Touches.PAGE / 2) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("no page fault on direct memory was told of");
      }
      allocate.run();
      Thread.sleep(100);
    }
    Thread.sleep(500);
  }

  private void tell(String kind, int times, Runnable allocate) throws Exception {
    scrape.awaitTold(scrape.moment().seen());
    double before = told();
    faults = 0;
    for (int i = 0; i < times; i++) {
      allocate.run();
    }
    scrape.awaitTold(scrape.moment().seen());
    System.out.println(kind + ' ' + (long) (told() - before) + ' ' + faults);
  }

  private double told() throws Exception {
    return scrape.sum(
        "mmap_faults_total",
        line -> line.contains("mmap_memory=\"direct_buffer\"") && line.contains("mmap_owner=\"application\""));
  }

  private void buffer() {
    KEPT.add(allocated(BYTES));
  }

  private ByteBuffer allocated(int bytes) {
    judge.begin();
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
    judge.end();
    faults += judge.minor();
    return buffer;
  }

  private void ofNativeCode() {
    touch(Buffers.UNSAFE.allocateMemory(BYTES), BYTES);
  }

  /** The pages of what is freed are touched again by who has the memory next. */
  private void bufferThenNativeCode() {
    ByteBuffer buffer = allocated(LARGE);
    long address = Buffers.addressOf(buffer) & -Touches.PAGE;
    Buffers.UNSAFE.invokeCleaner(buffer);
    int protection = Libc.PROT_READ | Libc.PROT_WRITE;
    touch(Libc.mmap(address, LARGE, protection, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0), LARGE);
  }

  private static void touch(long address, int bytes) {
    for (int offset = 0; offset < bytes; offset += Touches.PAGE) {
      Buffers.UNSAFE.putByte(address + offset, (byte) 1);
    }
  }

  /** By reflection, because this is compiled for Java 17. */
  private void segment() {
    try {
      Class<?> arena = Class.forName("java.lang.foreign.Arena");
      Object confined = arena.getMethod("ofConfined").invoke(null);
      judge.begin();
      arena.getMethod("allocate", long.class).invoke(confined, (long) BYTES);
      judge.end();
      faults += judge.minor();
      KEPT.add(confined);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
