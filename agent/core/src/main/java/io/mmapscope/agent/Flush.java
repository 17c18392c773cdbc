package io.mmapscope.agent;

import io.mmapscope.agent.pipeline.Pipeline;
import java.time.Duration;

/** Sends out what is held, at the JVM's exit and when the agent leaves, and takes no longer than it is given. */
final class Flush {

  /**
   * Something less than the 5 s promised: the JVM has its own way to go yet. The property is for tests on emulated
   * processors, where everything takes many times as long; it is no setting and has another prefix.
   */
  static final Duration LONGEST = Duration.ofMillis(Long.getLong("io.mmapscope.flush.millis", 4500));

  private final Pipeline pipeline;
  private final Listeners listeners;
  private final Runnable settleLedger;

  Flush(Pipeline pipeline, Listeners listeners, Runnable settleLedger) {
    this.pipeline = pipeline;
    this.listeners = listeners;
    this.settleLedger = settleLedger;
  }

  /** To be called once, when nothing new is to come. */
  void run(Duration longest) {
    long deadline = System.nanoTime() + longest.toNanos();
    if (listeners.await(longest)) {
      pipeline.settle();
      pipeline.finish();
      settleLedger.run();
      listeners.close(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
    }
  }
}
