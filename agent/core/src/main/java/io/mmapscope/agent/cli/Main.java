package io.mmapscope.agent.cli;

import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The commands of {@code java -jar mmapscope.jar}. */
@Command(
    name = "java -jar mmapscope.jar",
    header = "Joins memory-mapping system calls to the Java call site and the trace behind them.",
    footer = "%nWith an application: java -javaagent:mmapscope.jar[=key=value;key=value] ...")
public final class Main implements Runnable {

  /** A command failed for a reason that is none of its own exit codes. */
  static final int FAILED = 3;

  @Spec private CommandSpec spec;

  @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this.")
  private boolean help;

  private Main() {}

  /**
   * Runs a command.
   *
   * @return the exit code: the command's own, 2 where the arguments are wrong, 3 where the command failed
   */
  public static int run(String[] args) {
    // With java -jar the class path is the jar.
    Path jar = Path.of(System.getProperty("java.class.path")).toAbsolutePath().normalize();
    PrintWriter out = new PrintWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8), true);
    return run(args, new LibbpfProbe(), new AttachedTarget(jar), out, new PrintWriter(System.err, true));
  }

  static int run(String[] args, KernelProbe kernel, Target target, PrintWriter out, PrintWriter err) {
    return new CommandLine(new Main())
        .addSubcommand(new AttachCommand(target))
        .addSubcommand(new DetachCommand(target))
        .addSubcommand(new MappingsCommand(target))
        .addSubcommand(new DoctorCommand(kernel))
        .addSubcommand(new VersionCommand(kernel))
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              command.getErr().println("mmapscope: " + command.getCommandName() + " failed: " + failure);
              return FAILED;
            })
        .execute(args);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }
}
