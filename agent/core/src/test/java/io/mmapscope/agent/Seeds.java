package io.mmapscope.agent;

import java.util.Random;

/** Runs a test with many seeds, the same ones each time. A failure names its seed. */
public final class Seeds {

  /** Spreads seeds that follow one another: the first numbers of {@code new Random(1)} and {@code (2)} are alike. */
  private static final long SPREAD = 0x9e3779b97f4a7c15L;

  /** A test, given where it takes its numbers from. */
  @FunctionalInterface
  public interface Body {
    void run(Random random) throws Exception;
  }

  private Seeds() {}

  /** Runs it with the seeds 0 to {@code count - 1}. */
  public static void each(int count, Body body) {
    for (int seed = 0; seed < count; seed++) {
      one(seed, body);
    }
  }

  /** Runs it with one seed, e.g. the one that a failure named. */
  public static void one(int seed, Body body) {
    try {
      body.run(new Random(seed * SPREAD));
    } catch (Throwable failure) {
      throw new AssertionError("with seed " + seed + ": " + failure.getMessage(), failure);
    }
  }
}
