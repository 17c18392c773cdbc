package io.mmapscope.benchmarks.program;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;

/**
 * Maps and unmaps in one and in four threads, with no page and with sixteen pages touched, and prints one line for each
 * with what an operation costs, that is a map and its unmap:
 *
 * <pre>threads=1 pages=0 wall=5120.5 cpu=5101.0 process=5300.1 bytes=272.00 operations=98304 refused=0</pre>
 *
 * where {@code wall} is nanoseconds, {@code cpu} of them on a processor, {@code process} nanoseconds of processor time
 * of all threads, the agent's among them, and {@code bytes} what the mapping thread allocated.
 *
 * <p>Work is done in windows with pauses in between, as programs map in bursts: when a request comes, when an index is
 * reopened. Four threads without a pause would leave the agent's none of two processors, and what would be measured is
 * the cost of operations that its full queue refuses; {@code refused} says that it was not.
 *
 * <p>Arguments: file, class name of the {@link Mapping}, milliseconds of warm-up, windows of each line.
 */
public final class MapLoop {

  private static final long WINDOW_NANOS = 20_000_000;
  private static final long PAUSE_MILLIS = 80;
  private static final int[] THREADS = {1, 4};
  private static final int[] PAGES = {0, 16};

  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private MapLoop() {}

  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    Mapping mapping = mapping(arguments[1]);
    long warmUpNanos = Long.parseLong(arguments[2]) * 1_000_000;
    int windows = Integer.parseInt(arguments[3]);
    Refused refused = new Refused();
    long end = System.nanoTime() + warmUpNanos;
    while (System.nanoTime() < end) {
      for (int pages : PAGES) {
        measure(file, mapping, 1, pages, 4);
      }
    }
    for (int threads : THREADS) {
      for (int pages : PAGES) {
        measure(file, mapping, threads, pages, 2);
        long refusedBefore = refused.count();
        Result result = measure(file, mapping, threads, pages, windows);
        System.out.printf(
            "threads=%d pages=%d %s refused=%d%n", threads, pages, result, refused.count() - refusedBefore);
      }
    }
    System.out.println("left=" + System.nanoTime());
  }

  static Mapping mapping(String className) throws ReflectiveOperationException {
    var constructor = Class.forName(className).getDeclaredConstructor();
    constructor.setAccessible(true);
    return (Mapping) constructor.newInstance();
  }

  private record Result(double wall, double cpu, double process, double bytes, long operations) {

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "wall=%.1f cpu=%.1f process=%.1f bytes=%.2f operations=%d", wall, cpu, process, bytes, operations);
    }
  }

  private static Result measure(Path file, Mapping mapping, int threads, int pages, int windows) throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(threads + 1);
    List<Worker> workers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Worker worker = new Worker(file, mapping, pages, windows, WINDOW_NANOS, barrier);
      worker.start();
      workers.add(worker);
    }
    Thread.sleep(PAUSE_MILLIS);
    long cpuBefore = SYSTEM.getProcessCpuTime();
    for (int window = 0; window < windows; window++) {
      await(barrier, workers);
      await(barrier, workers);
      // Within the time whose processor use is counted: the agent's thread does its part now.
      Thread.sleep(PAUSE_MILLIS);
    }
    return result(workers, SYSTEM.getProcessCpuTime() - cpuBefore);
  }

  private static void await(CyclicBarrier barrier, List<Worker> workers) throws Exception {
    try {
      barrier.await();
    } catch (BrokenBarrierException broken) {
      for (Worker worker : workers) {
        if (worker.failure() != null) {
          throw worker.failure();
        }
      }
      throw broken;
    }
  }

  private static Result result(List<Worker> workers, long processNanos) throws InterruptedException {
    double wall = 0;
    double cpu = 0;
    long bytes = 0;
    long operations = 0;
    long sum = 0;
    for (Worker worker : workers) {
      worker.join();
      wall += worker.medianWallNanos() / workers.size();
      cpu += worker.medianCpuNanos() / workers.size();
      bytes += worker.allocatedBytes();
      operations += worker.operations();
      sum += worker.sum();
    }
    if (sum == Long.MIN_VALUE) {
      throw new IllegalStateException("the reads' sum cannot be that");
    }
    return new Result(wall, cpu, (double) processNanos / operations, (double) bytes / operations, operations);
  }
}
