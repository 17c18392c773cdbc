package io.mmapscope.exporter;

import io.mmapscope.agent.config.Settings;
import io.mmapscope.agent.config.SettingsLoader;
import io.mmapscope.agent.model.FaultTotal;
import io.mmapscope.agent.model.HookCounts;
import io.mmapscope.agent.model.Level;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.spi.AgentView;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The agent as its listeners see it, with what a test puts in and what the listeners told it. */
public final class FakeAgent implements AgentView {

  /** Unix time, in nanoseconds, of this JVM's nano time 0 as far as this agent is concerned. */
  public static final long EPOCH = 1_700_000_000_000_000_000L;

  public final Map<String, Long> unattributed = new ConcurrentHashMap<>();
  public final Map<String, Throwable> failures = new ConcurrentHashMap<>();
  public final Map<String, Long> failureCounts = new ConcurrentHashMap<>();
  public final List<HookCounts> hookCounts = new CopyOnWriteArrayList<>();
  public volatile List<Mapping> mappings = List.of();
  public volatile long maxMapCount = 65530;
  public volatile Level level = Level.FULL;
  public volatile List<FaultTotal> faultTotals = List.of();
  public final Map<Mapping, Long> resident = new ConcurrentHashMap<>();
  private final Settings settings;

  /** Makes one with settings as in an agent's argument. */
  public FakeAgent(String argument) {
    SettingsLoader.Loaded loaded = SettingsLoader.load(argument, Map.of(), Map.of());
    if (!loaded.complaints().isEmpty()) {
      throw new IllegalArgumentException(loaded.complaints().toString());
    }
    this.settings = loaded.settings();
  }

  public long count(String reason) {
    return unattributed.getOrDefault(reason, 0L);
  }

  @Override
  public Settings settings() {
    return settings;
  }

  @Override
  public String version() {
    return "1.2.3";
  }

  @Override
  public long epochNanos(long nanoTime) {
    return EPOCH + nanoTime;
  }

  @Override
  public Collection<Mapping> mappings() {
    return mappings;
  }

  @Override
  public Collection<HookCounts> hookCounts() {
    return hookCounts;
  }

  @Override
  public Level level() {
    return level;
  }

  @Override
  public List<FaultTotal> faultTotals() {
    return faultTotals;
  }

  @Override
  public long mapCount() {
    return 17;
  }

  @Override
  public long residentBytes(Mapping mapping) {
    return resident.getOrDefault(mapping, -1L);
  }

  @Override
  public long maxMapCount() {
    return maxMapCount;
  }

  @Override
  public Map<String, Long> unattributed() {
    return new TreeMap<>(unattributed);
  }

  @Override
  public Map<String, Long> failures() {
    return new TreeMap<>(failureCounts);
  }

  @Override
  public void unattributed(String reason, long count) {
    unattributed.merge(reason, count, Long::sum);
  }

  @Override
  public void failure(String where, Throwable cause) {
    failures.putIfAbsent(where, cause);
    failureCounts.merge(where, 1L, Long::sum);
  }
}
