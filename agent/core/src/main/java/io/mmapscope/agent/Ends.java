package io.mmapscope.agent;

import io.mmapscope.agent.pipeline.Accounts;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What has to be ended when the agent leaves, in the reverse order of its beginning. Whoever begins something that a
 * JVM without the agent would not have (a thread, a descriptor, a mapping, a woven class) adds its end right there. At
 * the JVM's exit none of this runs: the kernel takes all of it.
 */
final class Ends {

  /** An end; what it throws is counted, and the next one runs. */
  interface End {
    void run() throws Exception;
  }

  private record Named(String what, End end) {}

  private final Accounts accounts;
  private final Deque<Named> ends = new ArrayDeque<>();

  Ends(Accounts accounts) {
    this.accounts = accounts;
  }

  /** @param what it is, for the message where it cannot be ended */
  synchronized void add(String what, End end) {
    ends.push(new Named(what, end));
  }

  /** Runs all, the last added first. What was run is forgotten. */
  synchronized void run() {
    while (!ends.isEmpty()) {
      Named next = ends.pop();
      try {
        next.end().run();
      } catch (Throwable failure) {
        accounts.failure("end of " + next.what(), failure);
      }
    }
  }
}
