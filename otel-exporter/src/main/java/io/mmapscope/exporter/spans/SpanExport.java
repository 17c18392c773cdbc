package io.mmapscope.exporter.spans;

import io.mmapscope.agent.model.KernelEvent;
import io.mmapscope.agent.model.Operation;
import io.mmapscope.agent.model.SlowFault;
import io.mmapscope.agent.model.Stall;
import io.mmapscope.agent.spi.AgentView;
import io.mmapscope.exporter.Daemons;
import io.mmapscope.exporter.Deadline;
import io.mmapscope.exporter.OtelSettings;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The way of spans out of the process: a bounded queue of what the agent saw, and a thread that writes spans of it and
 * sends them in batches of at most {@value #BATCH}, none of them waiting longer than a second while the collector keeps
 * up. The agent's thread only ever offers to the queue; it waits for nothing.
 *
 * <p>What does not arrive is counted, once each, by {@link Losses}.
 */
public final class SpanExport {

  static final int BATCH = 512;
  private static final long IDLE_NANOS = 1_000_000_000L;

  private final Losses losses;
  private final SpanRules rules;
  private final int queueSize;
  private final SpanBatches batches;
  private final Thread thread;

  /** Offers between two wake-ups of the thread: waking it for each would cost more than the rest. */
  private final int wakeEvery;

  private int offers;

  private volatile boolean closing;

  /** Guards all that follows. */
  private final Object lock = new Object();

  private final ArrayDeque<Object> queue = new ArrayDeque<>();

  /** The batch being sent; no list is changed after it came here. */
  private List<Object> inFlight = List.of();

  /** Nothing is taken from the queue any more. */
  private boolean ended;

  /** Makes it and starts its thread, which sets the exporter up. */
  public SpanExport(AgentView view, OtelSettings settings) {
    this.losses = new Losses(view);
    this.rules = new SpanRules(view.settings());
    this.queueSize = view.settings().queueSize();
    this.wakeEvery = Math.max(1, Math.min(BATCH, queueSize / 2));
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

  /** Takes a slow page fault, which always is to be a span. On the agent's thread. */
  public void slowFault(SlowFault fault) {
    offer(fault);
  }

  /** Takes what a span waited for page faults, which always is to be a span. On the agent's thread. */
  public void stall(Stall stall) {
    offer(stall);
  }

  /** Sends what is held, or counts it as failed at the deadline. On any thread. */
  public void close(Deadline deadline) {
    closing = true;
    LockSupport.unpark(thread);
    if (!deadline.join(thread)) {
      losses.countAll(Losses.FAILED, abandon());
    }
  }

  private void offer(Object seen) {
    String refused = null;
    synchronized (lock) {
      if (ended) {
        refused = Losses.CLOSED;
      } else if (queue.size() >= queueSize) {
        refused = Losses.QUEUE_FULL;
      } else {
        queue.add(seen);
      }
    }
    if (refused != null) {
      losses.count(refused, seen);
    }
    if (++offers >= wakeEvery) {
      offers = 0;
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    boolean last;
    do {
      last = closing;
      for (List<Object> batch = take(last); !batch.isEmpty(); batch = take(last)) {
        settle(batches.send(batch));
      }
      if (!last && !closing) {
        LockSupport.parkNanos(IDLE_NANOS);
      }
    } while (!last);
    batches.close();
  }

  /** Takes a batch; where this is the last time and there is none, ends it. */
  private List<Object> take(boolean last) {
    synchronized (lock) {
      List<Object> batch = new ArrayList<>(Math.min(BATCH, queue.size()));
      while (batch.size() < BATCH && !queue.isEmpty()) {
        batch.add(queue.poll());
      }
      inFlight = batch;
      ended |= last && batch.isEmpty();
      return batch;
    }
  }

  /** Returns all that is not sent yet; the thread finds nothing more to take. */
  private List<Object> abandon() {
    synchronized (lock) {
      List<Object> given = new ArrayList<>(inFlight);
      given.addAll(queue);
      inFlight = List.of();
      queue.clear();
      ended = true;
      return given;
    }
  }

  /** A batch that was given up at the deadline is counted already. */
  private void settle(List<Object> failed) {
    boolean counts;
    synchronized (lock) {
      counts = !inFlight.isEmpty();
      inFlight = List.of();
    }
    if (counts) {
      losses.countAll(Losses.FAILED, failed);
    }
  }
}
