package io.mmapscope.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Starts the programs that are measured, each in a process of its own. */
final class Launch {

  private static final String PROGRAMS = "io.mmapscope.benchmarks.program.";

  private final Options options;
  private final Collector collector;

  Launch(Options options, Collector collector) {
    this.options = options;
    this.collector = collector;
  }

  Collector collector() {
    return collector;
  }

  /** Runs a Java program to its end. Its output, and the launcher's line. */
  Output java(Configuration configuration, List<String> jvmOptions, String program, Object... arguments)
      throws IOException, InterruptedException {
    return java(configuration.settings(), jvmOptions, program, arguments);
  }

  /** The same with any settings of the agent's; null for no agent. */
  Output java(String settings, List<String> jvmOptions, String program, Object... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(options.tools().resolve("launch").toString()));
    command.addAll(javaCommand(settings, jvmOptions, program, arguments));
    return run(command);
  }

  /** The version that the JDK calls itself. */
  String javaVersion() throws IOException, InterruptedException {
    return run(List.of(options.jdk().resolve("bin/java").toString(), "-Xinternalversion")).lines().get(0);
  }

  /** Runs a command to its end. */
  Output run(List<String> command) throws IOException, InterruptedException {
    File errors = options.work().resolve("stderr").toFile();
    Process process = builder(command).redirectError(errors).start();
    List<String> lines;
    try (Stream<String> output = process.inputReader().lines()) {
      lines = output.toList();
    } catch (UncheckedIOException unreadable) {
      throw unreadable.getCause();
    }
    int status = process.waitFor();
    String said = Files.readString(errors.toPath());
    if (status != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + status + "\n" + said);
    }
    return new Output(lines, said.strip());
  }

  /** Starts a Java program that is told by its standard input what to do. */
  Process start(Configuration configuration, List<String> prefix, String program, Object... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(javaCommand(configuration.settings(), List.of(), program, arguments));
    return builder(command).redirectError(options.work().resolve("stderr").toFile()).start();
  }

  /** The same with any settings of the agent's; null for no agent. */
  Process start(String settings, List<String> jvmOptions, String program, Object... arguments) throws IOException {
    return builder(javaCommand(settings, jvmOptions, program, arguments))
        .redirectError(options.work().resolve("stderr").toFile())
        .start();
  }

  /** What the program that was started last said on standard error. */
  String errors() throws IOException {
    return Files.readString(options.work().resolve("stderr"));
  }

  private List<String> javaCommand(String settings, List<String> jvmOptions, String program, Object... arguments) {
    List<String> command = new ArrayList<>(List.of(options.jdk().resolve("bin/java").toString()));
    if (settings != null) {
      command.add("-javaagent:" + options.agent() + "=" + settings);
    }
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", classPath(program), PROGRAMS + program));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return command;
  }

  private String classPath(String program) {
    List<String> entries = new ArrayList<>(List.of(options.classes()));
    if (options.segments() != null) {
      entries.add(options.segments().toString());
    }
    if (program.equals("ContextLoop")) {
      entries.add(options.contextClasses().toString());
      entries.add(options.contextClasses() + "/*");
    }
    return String.join(File.pathSeparator, entries);
  }

  private ProcessBuilder builder(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(options.work().toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("OTEL_") || name.startsWith("MMAPSCOPE_"));
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    builder.environment().put("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
    builder.environment().put("OTEL_SERVICE_NAME", "benchmark");
    return builder;
  }
}
