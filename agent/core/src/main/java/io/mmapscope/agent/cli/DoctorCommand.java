package io.mmapscope.agent.cli;

import io.mmapscope.agent.kernel.MachineReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "doctor",
    description = "Shows what the kernel allows here and tries each hook.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:each event has a hook", "1:some have none", "2:BPF cannot be used at all"})
final class DoctorCommand implements Callable<Integer> {

  private final KernelProbe kernel;

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Write JSON.")
  private boolean json;

  DoctorCommand(KernelProbe kernel) {
    this.kernel = kernel;
  }

  @Override
  public Integer call() {
    DoctorReport report = DoctorReport.of(new MachineReader(Path.of("/")).read(), kernel.attempt());
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? report.json() : report.text().stripTrailing());
    out.flush();
    return report.exitCode();
  }
}
