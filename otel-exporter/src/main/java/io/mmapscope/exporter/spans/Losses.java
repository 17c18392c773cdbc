package io.mmapscope.exporter.spans;

import io.mmapscope.agent.model.KernelEvent;
import io.mmapscope.agent.model.Operation;
import io.mmapscope.agent.spi.AgentView;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Counts what does not arrive as a span; operations, kernel events and page faults apart: the spans of operations and
 * the operations lost are all operations, to the last one. Safe for any thread.
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

  /** Counts one. */
  void count(String reason, Object seen) {
    view.unattributed(reason + kind(seen), 1);
  }

  /** Counts many. */
  void countAll(String reason, Collection<?> seen) {
    Map<String, Long> byKind = seen.stream().collect(Collectors.groupingBy(Losses::kind, Collectors.counting()));
    byKind.forEach((kind, count) -> view.unattributed(reason + kind, count));
  }

  private static String kind(Object seen) {
    if (seen instanceof Operation) {
      return "";
    }
    return seen instanceof KernelEvent ? "_kernel_event" : "_fault";
  }
}
