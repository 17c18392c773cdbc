package io.mmapscope.exporter.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.mmapscope.agent.model.FileExtension;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.spi.AgentView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is mapped now: {@code mmap.mapped.size} in bytes and {@code mmap.mappings}, by the call site that made it, the
 * file's extension and the owner; {@code mmap.resident.size} by the same, of what was sampled; {@code mmap.limit}, the kernel's {@code vm.max_map_count}. Read from the ledger at
 * {@link #refresh}; a combination that has no mapping any more is no longer reported. For one thread at a time.
 */
final class MappingMetrics implements MeterBinder {

  private static final String MAPPING = "{mapping}";

  private final AgentView view;
  private final CallSiteTags callSites;
  private final FileExtensions extensions;
  private MultiGauge size;
  private MultiGauge count;
  private MultiGauge resident;

  MappingMetrics(AgentView view, CallSiteTags callSites, FileExtensions extensions) {
    this.view = view;
    this.callSites = callSites;
    this.extensions = extensions;
  }

  private record Group(String callSite, String extension, Owner owner) {
    Tags tags() {
      return Tags.of(
          "code.function.name", callSite, "file.extension", extension, "mmap.owner", owner.tag());
    }
  }

  private static final class Total {
    private long bytes;
    private long mappings;
    private long residentBytes = -1;

    void add(Mapping mapping, long resident) {
      bytes += mapping.lengthBytes();
      mappings++;
      if (resident >= 0) {
        residentBytes = Math.max(0, residentBytes) + resident;
      }
    }
  }

  @Override
  public void bindTo(MeterRegistry registry) {
    size =
        MultiGauge.builder("mmap.mapped.size")
            .description("Address space that is mapped")
            .baseUnit("bytes")
            .register(registry);
    count = MultiGauge.builder("mmap.mappings").description("Live mappings").baseUnit(MAPPING).register(registry);
    resident =
        MultiGauge.builder("mmap.resident.size")
            .description("Mapped memory that is there, where it was sampled")
            .baseUnit("bytes")
            .register(registry);
    if (view.maxMapCount() >= 0) {
      Gauge.builder("mmap.limit", view, AgentView::maxMapCount)
          .description("Most mappings the kernel lets a process have: vm.max_map_count")
          .baseUnit(MAPPING)
          .register(registry);
      Gauge.builder("mmap.limit.used", view, AgentView::mapCount)
          .description("Mappings that count against mmap.limit: the lines of /proc/self/maps")
          .baseUnit(MAPPING)
          .register(registry);
    }
  }

  /** Brings the gauges up to date. */
  void refresh() {
    List<MultiGauge.Row<?>> sizes = new ArrayList<>();
    List<MultiGauge.Row<?>> counts = new ArrayList<>();
    List<MultiGauge.Row<?>> residents = new ArrayList<>();
    totals()
        .forEach(
            (group, total) -> {
              Tags tags = group.tags();
              sizes.add(MultiGauge.Row.of(tags, total.bytes));
              counts.add(MultiGauge.Row.of(tags, total.mappings));
              if (total.residentBytes >= 0) {
                residents.add(MultiGauge.Row.of(tags, total.residentBytes));
              }
            });
    size.register(sizes, true);
    count.register(counts, true);
    resident.register(residents, true);
  }

  private Map<Group, Total> totals() {
    Map<Group, Total> totals = new HashMap<>();
    for (Mapping mapping : view.mappings()) {
      Mapping.Creator creator = mapping.creator();
      Group group =
          new Group(callSites.of(creator.callSite()), extensions.tag(FileExtension.of(mapping.path())), creator.owner());
      totals.computeIfAbsent(group, fresh -> new Total()).add(mapping, view.residentBytes(mapping));
    }
    return totals;
  }
}
