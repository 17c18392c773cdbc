package io.mmapscope.benchmarks.program;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;

/** A thread that maps and unmaps during windows which all workers begin and end together. */
final class Worker extends Thread {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Between two looks at the clock. */
  private static final int BATCH = 64;

  private final Path file;
  private final Mapping mapping;
  private final int pages;
  private final long windowNanos;
  private final CyclicBarrier barrier;
  private final double[] wallNanos;
  private final double[] cpuNanos;
  private int windows;
  private long operations;
  private long allocatedBytes;
  private long sum;
  private volatile Exception failure;

  Worker(Path file, Mapping mapping, int pages, int windows, long windowNanos, CyclicBarrier barrier) {
    this.file = file;
    this.mapping = mapping;
    this.pages = pages;
    this.windowNanos = windowNanos;
    this.barrier = barrier;
    this.wallNanos = new double[windows];
    this.cpuNanos = new double[windows];
    setDaemon(true);
  }

  @Override
  public void run() {
    // A channel each: what is measured is the mapping, not the channel's lock.
    try (FileChannel channel = FileChannel.open(file)) {
      while (windows < wallNanos.length) {
        barrier.await();
        window(channel);
        barrier.await();
      }
    } catch (IOException | InterruptedException | BrokenBarrierException e) {
      failure = e;
      barrier.reset();
    }
  }

  private void window(FileChannel channel) throws IOException {
    batch(channel);
    long allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
    long cpuBefore = THREADS.getCurrentThreadCpuTime();
    long done = 0;
    long start = System.nanoTime();
    long now;
    do {
      batch(channel);
      done += BATCH;
      now = System.nanoTime();
    } while (now - start < windowNanos);
    cpuNanos[windows] = (double) (THREADS.getCurrentThreadCpuTime() - cpuBefore) / done;
    allocatedBytes += THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore;
    wallNanos[windows] = (double) (now - start) / done;
    operations += done;
    windows++;
  }

  private void batch(FileChannel channel) throws IOException {
    for (int i = 0; i < BATCH; i++) {
      sum += mapping.mapAndUnmap(channel, pages);
    }
  }

  /** Nanoseconds an operation, median over the windows. */
  double medianWallNanos() {
    return median(wallNanos);
  }

  /** Nanoseconds of this thread's processor time an operation, median over the windows. */
  double medianCpuNanos() {
    return median(cpuNanos);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  long operations() {
    return operations;
  }

  long allocatedBytes() {
    return allocatedBytes;
  }

  Exception failure() {
    return failure;
  }

  /** Asked for only so that the reads are not optimised away. */
  long sum() {
    return sum;
  }
}
