package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A JVM of its own with a test program, with or without the agent: told how, run, and what came of it. */
final class AgentJvm {

  /** How many times slower than usual this machine is, e.g. 20 where its processor is emulated. */
  static final int SLOWNESS = Integer.getInteger("mmapscope.e2e.slowness", 1);

  /** Ways of the hook catalogue that the agents under test leave out: handed on to their JVMs. */
  private static final String HOOKS_WITHOUT = "mmapscope.hooks.without";

  private final Workspace workspace;
  private final Jdk jdk;
  private final List<String> prefix = new ArrayList<>();
  private final List<String> jvmOptions = new ArrayList<>();
  private final List<String> classPath = new ArrayList<>();
  private final List<String> program = new ArrayList<>();
  private final List<String> settings = new ArrayList<>();
  private final Map<String, String> environment = new LinkedHashMap<>();
  private boolean withAgent = true;
  private Path jar;
  private Duration timeout = Duration.ofSeconds(60).multipliedBy(SLOWNESS);
  private boolean talking;

  AgentJvm(Workspace workspace, Jdk jdk) {
    this.workspace = workspace;
    this.jdk = jdk;
    this.jar = workspace.jar();
    classPath.add(workspace.programs().toString());
    String without = System.getProperty(HOOKS_WITHOUT, "");
    if (!without.isEmpty()) {
      jvmOptions.add("-D" + HOOKS_WITHOUT + '=' + without);
    }
    if (SLOWNESS > 1) {
      // The compilers take more time than they save there; what is held is sent however long that takes.
      jvmOptions.addAll(
          List.of(
              "-XX:TieredStopAtLevel=1",
              "-XX:CompileThresholdScaling=10",
              "-De2e.slowness=" + SLOWNESS,
              "-Dio.mmapscope.flush.millis=" + 4500 * SLOWNESS));
      environment("OTEL_EXPORTER_OTLP_TIMEOUT", Integer.toString(10_000 * SLOWNESS));
    }
  }

  AgentJvm program(Class<?> main, Object... arguments) {
    program.add(main.getName());
    for (Object argument : arguments) {
      program.add(argument.toString());
    }
    return this;
  }

  /** Runs a command of the jar instead of a program. */
  AgentJvm command(String... arguments) {
    classPath.clear();
    jvmOptions.addAll(List.of("-jar", jar.toString()));
    program.addAll(List.of(arguments));
    return withoutAgent();
  }

  AgentJvm withoutAgent() {
    withAgent = false;
    return this;
  }

  AgentJvm jar(Path other) {
    jar = other;
    return this;
  }

  /** Adds {@code key=value} to the agent's argument. */
  AgentJvm setting(String key, Object value) {
    return argument(key + "=" + value);
  }

  /** Adds text to the agent's argument as it is. */
  AgentJvm argument(String text) {
    settings.add(text);
    return this;
  }

  AgentJvm jvmOptions(String... options) {
    jvmOptions.addAll(List.of(options));
    return this;
  }

  AgentJvm classPath(Path... more) {
    for (Path path : more) {
      classPath.add(path.toString());
    }
    return this;
  }

  /** The class path to be these alone. */
  AgentJvm onlyClassPath(Path... paths) {
    classPath.clear();
    return classPath(paths);
  }

  AgentJvm environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Sends everything to this collector. */
  AgentJvm collector(Collector collector) {
    return environment("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint());
  }

  /** A command that runs the JVM, e.g. {@code unshare --pid --fork --mount-proc}. */
  AgentJvm under(String... command) {
    prefix.addAll(List.of(command));
    return this;
  }

  /** Its standard input is the test's to write to. */
  AgentJvm talking() {
    talking = true;
    return this;
  }

  AgentJvm timeout(Duration other) {
    timeout = other.multipliedBy(SLOWNESS);
    return this;
  }

  /** Runs it to its end. Fails where that takes longer than the timeout. */
  Result run() throws IOException, InterruptedException {
    try (LiveJvm jvm = start()) {
      return jvm.result(timeout);
    }
  }

  /** Starts it. */
  LiveJvm start() throws IOException {
    Path stdout = Files.createTempFile(workspace.output(), "jvm", ".stdout");
    Path stderr = Files.createTempFile(workspace.output(), "jvm", ".stderr");
    ProcessBuilder builder =
        new ProcessBuilder(commandLine())
            .directory(workspace.output().toFile())
            .redirectOutput(stdout.toFile())
            .redirectError(stderr.toFile());
    if (!talking) {
      builder.redirectInput(new File("/dev/null"));
    }
    builder.environment().keySet().removeIf(AgentJvm::leaks);
    builder.environment().putAll(environment);
    return new LiveJvm(builder.start(), stdout, stderr);
  }

  private List<String> commandLine() {
    List<String> command = new ArrayList<>(prefix);
    command.add(jdk.java().toString());
    if (withAgent) {
      String argument = settings.isEmpty() ? "" : "=" + String.join(";", settings);
      command.add("-javaagent:" + jar + argument);
    }
    command.addAll(jvmOptions);
    if (!classPath.isEmpty()) {
      command.add("-cp");
      command.add(String.join(File.pathSeparator, classPath));
    }
    command.addAll(program);
    return command;
  }

  /** What this JVM's environment would do to the other's. */
  private static boolean leaks(String name) {
    return name.startsWith("OTEL_")
        || name.startsWith("MMAPSCOPE_")
        || name.equals("JAVA_TOOL_OPTIONS")
        || name.equals("_JAVA_OPTIONS")
        || name.equals("JDK_JAVA_OPTIONS")
        || name.equals("CLASSPATH");
  }

  /**
   * What came of it.
   *
   * @param exitCode as the shell would see it, 128 + n for signal n
   * @param elapsed from the start of the process to its end
   */
  record Result(int exitCode, String stdout, String stderr, Duration elapsed) {

    /** This result, where the program ended with 0; else fails and shows what it wrote. */
    Result succeeded() {
      assertThat(exitCode).as("exit code of %s", this).isZero();
      return this;
    }

    /** Lines of stderr that the agent wrote. */
    List<String> agentLines() {
      return stderr.lines().filter(line -> line.startsWith("mmapscope")).toList();
    }

    /** Lines of stderr that somebody else wrote. */
    List<String> otherLines() {
      return stderr.lines().filter(line -> !line.startsWith("mmapscope")).toList();
    }
  }
}
