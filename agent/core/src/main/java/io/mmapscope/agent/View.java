package io.mmapscope.agent;

import io.mmapscope.agent.config.BuildInfo;
import io.mmapscope.agent.config.Settings;
import io.mmapscope.agent.ledger.Ledger;
import io.mmapscope.agent.ledger.ResidencySampler;
import io.mmapscope.agent.model.FaultTotal;
import io.mmapscope.agent.model.HookCounts;
import io.mmapscope.agent.model.Level;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.pipeline.Accounts;
import io.mmapscope.agent.pipeline.Clock;
import io.mmapscope.agent.pipeline.Pipeline;
import io.mmapscope.agent.spi.AgentView;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What exporters may see of the agent. */
final class View implements AgentView {

  private final Settings settings;
  private final BuildInfo build;
  private final Ledger ledger;
  private final MmapscopeCells cells;
  private final KernelPart kernel;
  private final Pipeline pipeline;
  private final ResidencySampler residency;
  private final Accounts accounts;
  private final Clock clock = new Clock();

  View(
      Settings settings,
      BuildInfo build,
      Ledger ledger,
      MmapscopeCells cells,
      KernelPart kernel,
      Pipeline pipeline,
      ResidencySampler residency,
      Accounts accounts) {
    this.settings = settings;
    this.build = build;
    this.ledger = ledger;
    this.cells = cells;
    this.kernel = kernel;
    this.pipeline = pipeline;
    this.residency = residency;
    this.accounts = accounts;
  }

  void refresh() {
    clock.refresh();
  }

  @Override
  public Settings settings() {
    return settings;
  }

  @Override
  public String version() {
    return build.version();
  }

  @Override
  public long epochNanos(long nanoTime) {
    return clock.epochNanos(nanoTime);
  }

  @Override
  public Collection<Mapping> mappings() {
    return ledger.mappings();
  }

  @Override
  public Collection<HookCounts> hookCounts() {
    return kernel.counts();
  }

  @Override
  public Level level() {
    return kernel.level();
  }

  @Override
  public List<FaultTotal> faultTotals() {
    return kernel.active() ? pipeline.untoldFaults() : kernel.faultTotals();
  }

  @Override
  public long maxMapCount() {
    return MapCount.limit(MapCount.LIMIT);
  }

  @Override
  public long mapCount() {
    return MapCount.now();
  }

  @Override
  public long residentBytes(Mapping mapping) {
    return residency.residentBytes(mapping);
  }

  @Override
  public Map<String, Long> unattributed() {
    Map<String, Long> all = new TreeMap<>(accounts.unattributed());
    if (cells.refused() > 0) {
      all.put("queue_full", cells.refused());
    }
    if (kernel.slowFaultsRefused() > 0) {
      all.put("slow_fault_refused", kernel.slowFaultsRefused());
    }
    return all;
  }

  @Override
  public Map<String, Long> failures() {
    return accounts.failures();
  }

  @Override
  public void unattributed(String reason, long count) {
    accounts.unattributed(reason, count);
  }

  @Override
  public void failure(String where, Throwable cause) {
    accounts.failure(where, cause);
  }
}
