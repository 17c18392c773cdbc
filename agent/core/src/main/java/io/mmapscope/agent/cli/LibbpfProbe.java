package io.mmapscope.agent.cli;

import io.mmapscope.agent.kernel.FaultCounter;
import io.mmapscope.agent.kernel.Kernel;
import io.mmapscope.agent.kernel.KernelUnavailableException;
import io.mmapscope.agent.model.HookStatus;
import io.mmapscope.agent.model.Level;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Asks the real kernel, with the programs and the libbpf of this jar. */
final class LibbpfProbe implements KernelProbe {

  @Override
  public String libbpfVersion() throws KernelUnavailableException {
    String version = Kernel.libbpfVersion();
    return version.startsWith("v") ? version.substring(1) : version;
  }

  /** Only this process is watched meanwhile, and nothing of it is read. */
  @Override
  public Attempt attempt() {
    try (Kernel kernel = Kernel.open()) {
      return attempt(kernel.hooks(), null, Level.FULL, null);
    } catch (KernelUnavailableException e) {
      return withoutBpf(e);
    }
  }

  private static Attempt withoutBpf(KernelUnavailableException failure) {
    try {
      FaultCounter.open().close();
      return attempt(failure.hooks(), failure.getMessage(), Level.PERF, null);
    } catch (KernelUnavailableException e) {
      return attempt(failure.hooks(), failure.getMessage(), Level.JAVA, e.getMessage());
    }
  }

  private static Attempt attempt(List<HookStatus> hooks, String failure, Level level, String perfFailure) {
    Set<String> functions = new HashSet<>();
    for (HookStatus hook : hooks) {
      if (hook.inner() && !hook.attached()) {
        functions.add(hook.event());
      }
    }
    return new Attempt(hooks, failure, KernelFunctions.absent(Path.of("/proc/kallsyms"), functions), level, perfFailure);
  }
}
