package io.mmapscope.e2e.programs;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;

/**
 * One thread of {@link Touches}, whose even rounds find the files evicted. In the others each page is taken out of the
 * page table before, for a fault maps its neighbours too where they are in the page cache. It has a part of each file's pages to itself, so that what {@code mincore(2)} says of
 * one is so when it is touched. No address is touched twice, so that it tells the touch.
 *
 * <p>A row is {@code address,file,offset,mode,resident,minor,major,trace id,span id,thread}: a touch, whether the page
 * was in the page cache before, and the faults that the kernel counted for the thread meanwhile. The mode is {@code
 * user}, or {@code kernel} for {@code write(2)} from the page. Touches without a fault are not told.
 * A row {@code span,trace id,span id,minor,major} is all that happened on the thread within a span.
 */
final class TouchWork extends Thread {

  private static final int SPANS = 8;

  private final Touches touches;
  private final int number;
  private final int threads;
  private final int rounds;
  private final CyclicBarrier barrier;
  private final SplittableRandom random;
  private final FaultJudge judge = new FaultJudge();
  private final FaultJudge whole = new FaultJudge();
  private final List<String> spans = new ArrayList<>();
  private final long vector = Buffers.UNSAFE.allocateMemory(1);
  private final int sink;
  private final List<String> rows = new ArrayList<>();
  private final Set<Long> touched = new HashSet<>();
  private final MappedByteBuffer[] buffers = new MappedByteBuffer[Touches.FILES.size()];
  private volatile Throwable failure;
  private boolean warm;

  TouchWork(Touches touches, Path sink, int number, int threads, int rounds, CyclicBarrier barrier) {
    super("touches-" + number);
    this.touches = touches;
    this.sink = Libc.open(sink.toString(), Libc.O_RDWR);
    this.number = number;
    this.threads = threads;
    this.rounds = rounds;
    this.barrier = barrier;
    this.random = new SplittableRandom(number);
  }

  List<String> rows() {
    if (failure != null) {
      throw new IllegalStateException(getName() + " failed", failure);
    }
    rows.addAll(spans);
    return rows;
  }

  @Override
  public void run() {
    try {
      for (int i = 0; i < rounds; i++) {
        warm = i % 2 != 0;
        barrier.await();
        round();
        barrier.await();
      }
    } catch (Throwable failed) {
      failure = failed;
    }
  }

  private void round() throws Exception {
    for (int file = 0; file < buffers.length; file++) {
      buffers[file] = touches.map(file);
      Libc.madvise(Buffers.addressOf(buffers[file]), Touches.PAGES * Touches.PAGE, Libc.MADV_RANDOM);
    }
    for (int i = 0; i < SPANS; i++) {
      Span span = Touches.TRACER.get("touches").spanBuilder("work").startSpan();
      try (Scope scope = span.makeCurrent()) {
        String ids = span.getSpanContext().getTraceId() + ',' + span.getSpanContext().getSpanId();
        whole.begin();
        touchSome(ids);
        whole.end();
        spans.add("span," + ids + ',' + whole.minor() + ',' + whole.major());
      }
      span.end();
    }
    touchSome(",");
    for (MappedByteBuffer buffer : buffers) {
      Buffers.UNSAFE.invokeCleaner(buffer);
    }
  }

  private void touchSome(String ids) {
    int mine = Touches.PAGES / threads;
    for (int i = 0; i < mine / 2; i++) {
      int file = random.nextInt(buffers.length);
      touch(file, (number * mine + random.nextInt(mine)) * Touches.PAGE + random.nextInt(Touches.PAGE), ids);
    }
  }

  private void touch(int file, int offset, String ids) {
    MappedByteBuffer buffer = buffers[file];
    long address = Buffers.addressOf(buffer) + offset;
    if (!touched.add(address)) {
      return;
    }
    boolean kernel = random.nextInt(4) == 0;
    boolean write = !buffer.isReadOnly() && random.nextBoolean();
    if (warm) {
      Libc.madvise(address & -Touches.PAGE, Touches.PAGE, Libc.MADV_DONTNEED);
    }
    Libc.mincore(address & -Touches.PAGE, 1, vector);
    boolean resident = (Buffers.UNSAFE.getByte(vector) & 1) != 0;
    byte seen = (byte) (file + 1);
    long written = 1;
    if (kernel) {
      judge.begin();
      written = Libc.write(sink, address, 1);
      judge.end();
    } else if (write) {
      judge.begin();
      buffer.put(offset, seen);
      judge.end();
    } else {
      judge.begin();
      seen = buffer.get(offset);
      judge.end();
    }
    if (seen != file + 1 || written != 1) {
      throw new IllegalStateException("read " + seen + " or wrote " + written + " at " + offset + " of file " + file);
    }
    if (judge.minor() + judge.major() > 0) {
      rows.add(
          String.join(
              ",",
              Long.toString(address),
              Touches.FILES.get(file),
              Long.toString(offset),
              kernel ? "kernel" : "user",
              Boolean.toString(resident),
              Long.toString(judge.minor()),
              Long.toString(judge.major()),
              ids,
              getName()));
    }
  }
}
