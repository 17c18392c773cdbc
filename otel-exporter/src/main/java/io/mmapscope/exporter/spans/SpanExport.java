package io.mmapscope.exporter.spans;

import io.mmapscope.agent.model.KernelEvent;
import io.mmapscope.agent.model.Operation;
import io.mmapscope.agent.spi.AgentView;
import io.mmapscope.exporter.Daemons;
import io.mmapscope.exporter.Deadline;
import io.mmapscope.exporter.OtelSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * The way of spans out of the process: a bounded queue of what the agent saw, and a thread that writes spans of it and
 * sends them in batches of at most {@value #BATCH}, none of them waiting longer than a second while the collector keeps
 * up. The agent's thread only ever offers to the queue; it waits for nothing.
 *
 * <p>What does not arrive is counted, once each: {@code export_queue_full} where the queue had no room,
 * {@code export_failed} where sending failed or had not ended when the agent closed, {@code export_closed} where it
 * came later than that.
 */
public final class SpanExport {

  static final int BATCH = 512;
  private static final long IDLE_NANOS = 1_000_000_000L;

  private final AgentView view;
  private final SpanRules rules;
  private final ArrayBlockingQueue<Object> queue;
  private final SpanBatches batches;
  private final Thread thread;

  /** Offers between two wake-ups of the thread: waking it for each would cost more than the rest. */
  private final int wakeEvery;

  private int offers;

  private final Object settling = new Object();
  private int inFlight;
  private volatile boolean closing;
  private boolean abandoned;

  /** Makes it and starts its thread, which sets the exporter up. */
  public SpanExport(AgentView view, OtelSettings settings) {
    this.view = view;
    this.rules = new SpanRules(view.settings());
    this.queue = new ArrayBlockingQueue<>(view.settings().queueSize());
    this.wakeEvery = Math.max(1, Math.min(BATCH, view.settings().queueSize() / 2));
    this.batches = new SpanBatches(view, settings, () -> closing);
    this.thread = Daemons.thread("mmapscope-export", this::run);
    this.thread.start();
  }

  /** Takes an operation, where it is to be a span. On the agent's thread. */
  public void operation(Operation operation) {
    if (rules.wants(operation)) {
      offer(operation);
    }
  }

  /** Takes a kernel event, where it is to be a span. On the agent's thread. */
  public void kernelEvent(KernelEvent event) {
    if (rules.wants(event)) {
      offer(event);
    }
  }

  /** Sends what is held, or counts it as failed at the deadline. On any thread. */
  public void close(Deadline deadline) {
    closing = true;
    LockSupport.unpark(thread);
    if (!deadline.join(thread)) {
      int given;
      synchronized (settling) {
        abandoned = true;
        given = inFlight + queue.drainTo(new ArrayList<>());
        inFlight = 0;
      }
      countFailed(given);
    }
  }

  private void offer(Object seen) {
    if (closing) {
      view.unattributed("export_closed", 1);
    } else if (!queue.offer(seen)) {
      view.unattributed("export_queue_full", 1);
    }
    if (++offers >= wakeEvery) {
      offers = 0;
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    List<Object> batch = new ArrayList<>(BATCH);
    boolean last;
    do {
      last = closing;
      while (take(batch)) {
        settle(batches.send(batch));
        batch.clear();
      }
      if (!last && !closing) {
        LockSupport.parkNanos(IDLE_NANOS);
      }
    } while (!last);
    batches.close();
  }

  private boolean take(List<Object> batch) {
    synchronized (settling) {
      inFlight = abandoned ? 0 : queue.drainTo(batch, BATCH);
      return inFlight > 0;
    }
  }

  /** A batch that was given up at the deadline is counted already. */
  private void settle(int failed) {
    boolean counts;
    synchronized (settling) {
      counts = inFlight > 0;
      inFlight = 0;
    }
    countFailed(counts ? failed : 0);
  }

  private void countFailed(int count) {
    if (count > 0) {
      view.unattributed("export_failed", count);
    }
  }
}
