package io.mmapscope.agent.cli;

import io.mmapscope.agent.config.BuildInfo;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "version", description = "Shows the version, the git commit and the bundled libbpf's version.")
final class VersionCommand implements Callable<Integer> {

  private final KernelProbe kernel;

  @Spec private CommandSpec spec;

  VersionCommand(KernelProbe kernel) {
    this.kernel = kernel;
  }

  @Override
  public Integer call() {
    BuildInfo build = BuildInfo.load();
    PrintWriter out = spec.commandLine().getOut();
    out.println("mmapscope " + build.version());
    out.println("commit " + build.commit());
    out.println("libbpf " + libbpf());
    out.flush();
    return 0;
  }

  /** The version is no reason to fail: where the library cannot be loaded, that is what there is to say. */
  private String libbpf() {
    try {
      return kernel.libbpfVersion();
    } catch (Exception | LinkageError e) {
      return "not available: " + e.getMessage();
    }
  }
}
