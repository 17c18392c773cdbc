package io.mmapscope.agent.spi;

import io.mmapscope.agent.config.Settings;
import io.mmapscope.agent.model.FaultTotal;
import io.mmapscope.agent.model.HookCounts;
import io.mmapscope.agent.model.Level;
import io.mmapscope.agent.model.Mapping;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** What a listener may ask of the agent. Safe for any thread. */
public interface AgentView {

  Settings settings();

  /** The agent's version, e.g. {@code 0.1.0}. */
  String version();

  /** Unix time in nanoseconds of a {@link System#nanoTime()} reading of this JVM. */
  long epochNanos(long nanoTime);

  /** A copy of the ledger: every live mapping, by address. */
  Collection<Mapping> mappings();

  /** The kernel's count of each hook; empty where there is no kernel part. */
  Collection<HookCounts> hookCounts();

  /** How much of the kernel's side is seen. The same for as long as the agent runs. */
  Level level();

  /**
   * The page faults of this process of which only their number is known: at {@link Level#PERF} all, at {@link Level#FULL}
   * those that no listener is told of, as of a second ago at most; else empty. With those told their sum is that in {@code
   * /proc/self/stat}, or lags it by the faults of the moment.
   */
  List<FaultTotal> faultTotals();

  /** {@code vm.max_map_count}, or -1 where it cannot be read. */
  long maxMapCount();

  /**
   * How many mappings the kernel counts against {@link #maxMapCount}: the lines of {@code /proc/self/maps}. The ledger
   * may have more, because the kernel makes one mapping of neighbours that are alike. Reading takes some 0.1 µs a
   * mapping; -1 where it cannot be read.
   */
  long mapCount();

  /**
   * How much of a mapping is in memory for this process, in bytes, when it was last sampled; -1 where it was not yet.
   */
  default long residentBytes(Mapping mapping) {
    return -1;
  }

  /** Events that could not be attributed so far, by reason. */
  Map<String, Long> unattributed();

  /** Failures inside the agent so far, by where they were caught. */
  Map<String, Long> failures();

  /** Counts events that could not be attributed. */
  void unattributed(String reason, long count);

  /** Counts a failure and reports the first of each kind, once, on stderr's behalf in the agent's log. */
  void failure(String where, Throwable cause);
}
