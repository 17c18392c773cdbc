package io.mmapscope.e2e.programs;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import java.lang.reflect.Method;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Many virtual threads, each within a span of its own, that touch pages of a part of a mapped file of their own and sleep
 * in between, so that each goes on on another carrier. For JDK 21 and later, so by reflection. Arguments: a directory, a
 * file for the truth, the port of the agent's Prometheus page, how many threads.
 *
 * <p>A row of the truth is {@code trace,span} of the thread whose part has the row's number.
 */
public final class VirtualTouches {

  /** A fault maps its neighbours too, up to so many. */
  public static final int PAGES = 16;

  private static final int TOUCHES = 4;

  private final String[] rows;
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final MappedByteBuffer buffer;

  private VirtualTouches(int threads, MappedByteBuffer buffer) {
    this.rows = new String[threads];
    this.buffer = buffer;
  }

  public static void main(String[] args) throws Exception {
    Path directory = Path.of(args[0]);
    Scrape scrape = new Scrape(Integer.parseInt(args[2]));
    Ready.await(scrape, directory);
    // With the first context the agent begins to follow virtual threads.
    try (Scope scope = Touches.TRACER.get("virtual").spanBuilder("first").startSpan().makeCurrent()) {
      Thread.sleep(1000);
    }
    int threads = Integer.parseInt(args[3]);
    Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
    try (FileChannel channel =
        FileChannel.open(
            directory.resolve("virtual.vrt"),
            StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      VirtualTouches touches =
          new VirtualTouches(
              threads, channel.map(MapMode.READ_WRITE, 0, (long) threads * PAGES * Touches.PAGE));
      System.out.println("address " + Buffers.addressOf(touches.buffer));
      List<Thread> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int number = i;
        all.add((Thread) start.invoke(null, (Runnable) () -> touches.guarded(number)));
      }
      for (Thread thread : all) {
        thread.join();
      }
      if (!touches.failures.isEmpty()) {
        throw new IllegalStateException("thread failed", touches.failures.peek());
      }
      Files.write(Path.of(args[1]), List.of(touches.rows));
    }
    scrape.awaitTold(scrape.moment().seen());
  }

  private void guarded(int number) {
    try {
      touch(number);
    } catch (Throwable failed) {
      failures.add(failed);
    }
  }

  private void touch(int number) throws InterruptedException {
    Span span = Touches.TRACER.get("virtual").spanBuilder("work").startSpan();
    rows[number] = span.getSpanContext().getTraceId() + ',' + span.getSpanContext().getSpanId();
    try (Scope scope = span.makeCurrent()) {
      for (int i = 0; i < TOUCHES; i++) {
        // Written, so that a fault is of one page.
        buffer.put((number * PAGES + i) * Touches.PAGE, (byte) 1);
        Thread.sleep(number % 3);
      }
    }
    span.end();
  }
}
