package io.mmapscope.e2e.programs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Has page faults in user mode, minor and major, on threads that come and go, beside child processes that have theirs;
 * then some in kernel mode. Arguments: a directory, the port of the agent's Prometheus page.
 *
 * <p>Prints for {@code minor} and {@code major} each {@code KIND COUNTED LEAST MOST TOTAL BEFORE AFTER}: those that the
 * agent counted itself between two moments, with bounds of what the kernel counted between them; and the agent's total
 * at the second moment, with the kernel's before and after. Then {@code kernel COUNT}, what the kernel counted of the
 * thread in the system calls.
 */
public final class FaultTotals {

  static final int THREADS = 4;
  private static final int COLD_PAGES = 1024;
  private static final int CHILDREN = 20;
  private static final int KERNEL_MODE = 1000;
  private static final List<String> KINDS = List.of("minor", "major");
  private static final int[] FIELDS = {7, 9}; // of /proc/self/stat after the name: minflt, majflt

  private final Scrape scrape;
  private final Path cold;

  private FaultTotals(Scrape scrape, Path cold) {
    this.scrape = scrape;
    this.cold = cold;
  }

  /** What the agent tells, and the kernel's own count before and after; each minor and major. */
  private record Moment(long[] counted, long[] all, long[] before, long[] after) {}

  public static void main(String[] args) throws Exception {
    FaultTotals totals = new FaultTotals(new Scrape(Integer.parseInt(args[1])), Path.of(args[0], "totals.cold"));
    byte[] content = new byte[COLD_PAGES * Touches.PAGE];
    // Only what is on disk already can be evicted.
    Files.write(
        totals.cold, content, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.DSYNC);
    Moment first = totals.moment();
    totals.userMode();
    Moment second = totals.moment();
    for (int kind = 0; kind < KINDS.size(); kind++) {
      System.out.printf(
          "%s %d %d %d %d %d %d%n",
          KINDS.get(kind),
          second.counted[kind] - first.counted[kind],
          second.before[kind] - first.after[kind],
          second.after[kind] - first.before[kind],
          second.all[kind],
          second.before[kind],
          second.after[kind]);
    }
    System.out.println("kernel " + kernelMode(Path.of(args[0], "totals.sink")));
  }

  private void userMode() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(new Thread(FaultTotals::bulk));
      threads.get(i).start();
    }
    for (int i = 0; i < CHILDREN; i++) {
      new ProcessBuilder("/bin/true").start().waitFor();
    }
    Touches.evict(cold);
    touchCold();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void bulk() {
    try {
      Touches.bulk();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void touchCold() throws IOException {
    try (FileChannel channel = FileChannel.open(cold)) {
      MappedByteBuffer buffer = channel.map(MapMode.READ_ONLY, 0, COLD_PAGES * Touches.PAGE);
      Libc.madvise(Buffers.addressOf(buffer), buffer.capacity(), Libc.MADV_RANDOM);
      for (int offset = 0; offset < buffer.capacity(); offset += Touches.PAGE) {
        buffer.get(offset);
      }
    }
  }

  /** Writes from memory that is not there yet. */
  private static long kernelMode(Path sink) throws IOException {
    Files.createFile(sink);
    int file = Libc.open(sink.toString(), Libc.O_RDWR);
    long memory =
        Libc.mmap(0, Touches.PAGE, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
    FaultJudge judge = new FaultJudge();
    long faults = 0;
    for (int i = 0; i < KERNEL_MODE; i++) {
      Libc.madvise(memory, Touches.PAGE, Libc.MADV_DONTNEED);
      judge.begin();
      Libc.write(file, memory, Touches.PAGE);
      judge.end();
      faults += judge.minor();
    }
    Libc.close(file);
    return faults;
  }

  /** The agent looks at its counters once a second at most, so waits until they have changed. */
  private Moment moment() throws IOException, InterruptedException {
    ByteBuffer fresh = ByteBuffer.allocateDirect(64 << 20);
    long[] before = kernels();
    long[] old = null;
    for (int offset = 0; ; offset += Touches.PAGE) {
      fresh.put(offset, (byte) 1);
      long[] between = kernels();
      String text = scrape.text();
      long[] all = sums(text, line -> true);
      if (old != null && old[0] > 0 && all[0] != old[0]) {
        return new Moment(sums(text, line -> !line.contains("mode=\"unknown\"")), all, before, kernels());
      }
      old = all;
      before = between;
      Thread.sleep(20);
    }
  }

  private static long[] sums(String text, Predicate<String> series) {
    long[] sums = new long[KINDS.size()];
    for (int kind = 0; kind < sums.length; kind++) {
      String type = "type=\"" + KINDS.get(kind) + '"';
      sums[kind] = (long) Scrape.sum(text, "mmap_faults_total", line -> line.contains(type) && series.test(line));
    }
    return sums;
  }

  private static long[] kernels() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return new long[] {Long.parseLong(fields[FIELDS[0]]), Long.parseLong(fields[FIELDS[1]])};
  }
}
