package io.mmapscope.agent.cli;

import io.mmapscope.agent.kernel.Kernel;
import io.mmapscope.agent.kernel.KernelUnavailableException;
import java.util.List;

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
      return new Attempt(kernel.hooks(), null);
    } catch (KernelUnavailableException e) {
      return new Attempt(List.of(), e.getMessage());
    }
  }
}
