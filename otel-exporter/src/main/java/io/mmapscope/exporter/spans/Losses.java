package io.mmapscope.exporter.spans;

import io.mmapscope.agent.model.KernelEvent;
import io.mmapscope.agent.spi.AgentView;
import java.util.Collection;

/**
 * Counts what does not arrive as a span, operations and kernel events apart: the spans of operations and the operations
 * lost are all operations, to the last one. Safe for any thread.
 *
 * @param view which is told
 */
record Losses(AgentView view) {

  /** The queue had no room. */
  static final String QUEUE_FULL = "export_queue_full";

  /** Sending failed, or had not ended when the agent closed. */
  static final String FAILED = "export_failed";

  /** It came after the agent had closed. */
  static final String CLOSED = "export_closed";

  private static final String KERNEL_EVENT = "_kernel_event";

  /** Counts one. */
  void count(String reason, Object seen) {
    view.unattributed(seen instanceof KernelEvent ? reason + KERNEL_EVENT : reason, 1);
  }

  /** Counts many. */
  void countAll(String reason, Collection<?> seen) {
    long events = seen.stream().filter(KernelEvent.class::isInstance).count();
    add(reason + KERNEL_EVENT, events);
    add(reason, seen.size() - events);
  }

  private void add(String reason, long count) {
    if (count > 0) {
      view.unattributed(reason, count);
    }
  }
}
