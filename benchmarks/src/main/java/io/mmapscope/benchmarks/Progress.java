package io.mmapscope.benchmarks;

/** Says on standard error what is being done, with the time since the start. */
final class Progress {

  private final long start = System.nanoTime();

  void say(String what) {
    long seconds = (System.nanoTime() - start) / 1_000_000_000;
    System.err.printf("%2d:%02d  %s%n", seconds / 60, seconds % 60, what);
  }
}
