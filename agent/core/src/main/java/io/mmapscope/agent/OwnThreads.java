package io.mmapscope.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The threads that keep the agent's class loader alive: their class or their context class loader is of it. */
final class OwnThreads {

  /** Of JNA: it waits for objects to be collected, for as long as there are any. */
  private static final String CLEANER = "JNA Cleaner";

  private OwnThreads() {}

  /**
   * Waits for them to end.
   *
   * @return the names of those that have not in time
   */
  static List<String> end(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    List<String> left = new ArrayList<>();
    for (Thread thread : alive()) {
      if (thread.getName().equals(CLEANER)) {
        thread.interrupt();
      }
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (millis > 0) {
        thread.join(millis);
      }
      if (thread.isAlive()) {
        left.add(thread.getName());
      }
    }
    return left;
  }

  private static List<Thread> alive() {
    ThreadGroup all = AgentThread.systemGroup();
    Thread[] threads = new Thread[2 * all.activeCount() + 16];
    int count = all.enumerate(threads);
    ClassLoader own = OwnThreads.class.getClassLoader();
    List<Thread> found = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Thread thread = threads[i];
      boolean ours = thread.getClass().getClassLoader() == own || thread.getContextClassLoader() == own;
      if (ours && thread != Thread.currentThread()) {
        found.add(thread);
      }
    }
    return found;
  }
}
