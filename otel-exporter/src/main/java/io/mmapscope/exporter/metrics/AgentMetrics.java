package io.mmapscope.exporter.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mmapscope.agent.model.HookCounts;
import io.mmapscope.agent.spi.AgentView;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The agent's account of itself: {@code mmapscope.kernel.seen} by hook, {@code mmapscope.kernel.events} by hook and fate,
 * {@code mmapscope.unattributed} by reason, {@code mmapscope.failures} by place, read from the agent at {@link #refresh};
 * {@code mmapscope.level}. For one thread at a time.
 */
final class AgentMetrics implements MeterBinder {

  private static final String EVENT = "{event}";

  private final AgentView view;
  private final Map<Tags, AtomicLong> values = new HashMap<>();
  private MeterRegistry registry;

  AgentMetrics(AgentView view) {
    this.view = view;
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    this.registry = registry;
    Gauge.builder("mmapscope.level", () -> 1)
        .description("How much of the kernel's side the agent sees: the level in force is 1")
        .tag("level", view.level().tag())
        .register(registry);
  }

  /** Brings the counters up to date. */
  void refresh() {
    for (HookCounts counts : view.hookCounts()) {
      seen(counts.hook(), counts.seen());
      hook(counts.hook(), "joined", counts.joined());
      hook(counts.hook(), "sent", counts.sent());
      hook(counts.hook(), "lost", counts.lost());
    }
    view.unattributed().forEach(this::unattributed);
    view.failures().forEach(this::failures);
  }

  private void unattributed(String reason, long count) {
    set("mmapscope.unattributed", "Events that could not be attributed", EVENT, Tags.of("reason", reason), count);
  }

  private void failures(String where, long count) {
    set("mmapscope.failures", "Failures inside the agent", "{failure}", Tags.of("where", where), count);
  }

  /** Counted by the kernel on its own, so that it tells whether the fates are all. */
  private void seen(String hook, long count) {
    set("mmapscope.kernel.seen", "Calls that the kernel part saw", EVENT, Tags.of("hook", hook), count);
  }

  private void hook(String hook, String fate, long count) {
    Tags tags = Tags.of("hook", hook, "fate", fate);
    set("mmapscope.kernel.events", "Calls that the kernel part saw, by what became of them", EVENT, tags, count);
  }

  /** The names of the tags differ between the counters, so the tags alone tell the values apart. */
  private void set(String name, String description, String unit, Tags tags, long count) {
    AtomicLong value = values.get(tags);
    if (value == null) {
      value = new AtomicLong(count);
      values.put(tags, value);
      FunctionCounter.builder(name, value, AtomicLong::doubleValue)
          .description(description)
          .baseUnit(unit)
          .tags(tags)
          .register(registry);
    }
    value.set(count);
  }
}
