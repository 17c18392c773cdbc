package io.mmapscope.agent.pipeline;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/** What could not be attributed, and what failed inside the agent. Safe for any thread; never throws. */
public final class Accounts {

  private final Map<String, LongAdder> unattributed = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
  private final Consumer<String> firstFailure;
  private volatile boolean quiet;

  /** @param firstFailure told one line about the first failure of each kind */
  public Accounts(Consumer<String> firstFailure) {
    this.firstFailure = firstFailure;
  }

  /** Counts events that could not be attributed. */
  public void unattributed(String reason, long count) {
    if (count != 0) {
      unattributed.computeIfAbsent(reason, key -> new LongAdder()).add(count);
    }
  }

  /** Counts a failure; the first of its kind is told. */
  public void failure(String where, Throwable cause) {
    try {
      LongAdder count = failures.computeIfAbsent(where, key -> new LongAdder());
      boolean first = count.sum() == 0;
      count.increment();
      if (first && !quiet) {
        firstFailure.accept("mmapscope: " + where + ": " + describe(cause) + " (further ones are only counted)");
      }
    } catch (Throwable outOfMemory) {
      // Counting is all that could be done about it.
    }
  }

  private static String describe(Throwable cause) {
    String message = cause.getMessage();
    String name = cause.getClass().getSimpleName();
    return message == null ? name : name + ": " + message.lines().findFirst().orElse("");
  }

  /** From now on failures are counted only: at exit, stderr belongs to the application's last words. */
  public void beQuiet() {
    quiet = true;
  }

  public Map<String, Long> unattributed() {
    return sums(unattributed);
  }

  public Map<String, Long> failures() {
    return sums(failures);
  }

  private static Map<String, Long> sums(Map<String, LongAdder> counts) {
    Map<String, Long> sums = new TreeMap<>();
    counts.forEach((key, count) -> sums.put(key, count.sum()));
    return sums;
  }
}
