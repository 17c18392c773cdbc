package io.mmapscope.exporter.spans;

import io.mmapscope.agent.config.Settings;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.KernelEvent;
import io.mmapscope.agent.model.Operation;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.model.Syscall;
import io.mmapscope.agent.model.TraceContext;

/**
 * Decides what becomes a span. Asked for every operation on the agent's thread, so it looks at a few fields and
 * allocates nothing.
 */
final class SpanRules {

  private final long minDurationNanos;

  SpanRules(Settings settings) {
    this.minDurationNanos = settings.spanMinDuration().toNanos();
  }

  /** Within a sampled trace each operation is a span; elsewhere the slow ones are. */
  boolean wants(Operation operation) {
    return inSampledTrace(operation.trace()) || operation.durationNanos() >= minDurationNanos;
  }

  /** Slow calls, and every remap_file_pages, which is rare and deprecated; never one of the agent's own. */
  boolean wants(KernelEvent event) {
    KernelCall call = event.call();
    if (event.owner() == Owner.AGENT || call.has(KernelCall.FLAG_AGENT)) {
      return false;
    }
    return call.syscall() == Syscall.REMAP_FILE_PAGES || call.durationNanos() >= minDurationNanos;
  }

  static boolean inSampledTrace(TraceContext trace) {
    return trace != null && trace.sampled();
  }
}
