package io.mmapscope.agent.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command that is about a running JVM. Its exit code is 0 where the JVM did it, 1 where not. */
abstract class TargetCommand implements Callable<Integer> {

  static final int REFUSED = 1;

  private final Target target;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "PID", description = "The JVM's process id.")
  private long pid;

  TargetCommand(Target target) {
    this.target = target;
  }

  /** What to ask of the JVM. */
  abstract String request();

  /** And its argument. */
  abstract String argument();

  @Override
  public Integer call() {
    try {
      PrintWriter out = spec.commandLine().getOut();
      out.print(target.ask(pid, request(), argument()));
      out.flush();
      return 0;
    } catch (TargetException refused) {
      spec.commandLine().getErr().println("mmapscope: " + refused.getMessage());
      return REFUSED;
    }
  }
}
