package io.mmapscope.agent.cli;

import io.mmapscope.agent.model.HookStatus;
import io.mmapscope.agent.model.Level;
import java.util.List;
import java.util.Set;

/** What the commands ask of the kernel package: an interface so that their output can be tested for any kernel. */
interface KernelProbe {

  /**
   * The version of the bundled libbpf, e.g. {@code 1.5}.
   *
   * @throws Exception where the library cannot be loaded: the message says why
   */
  String libbpfVersion() throws Exception;

  /** Loads the programs, attaches each logical event, takes all off again, and tells how it went. */
  Attempt attempt();

  /**
   * How it went.
   *
   * @param hooks each logical event; empty where it did not come to trying them
   * @param failure why BPF cannot be used at all, or null
   * @param absent the events that are functions which this kernel does not have
   * @param level how much an agent would see here
   * @param perfFailure why page faults cannot be counted by perf events either, or null
   */
  record Attempt(List<HookStatus> hooks, String failure, Set<String> absent, Level level, String perfFailure) {}
}
