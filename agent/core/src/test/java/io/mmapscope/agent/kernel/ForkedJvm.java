package io.mmapscope.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs {@link KernelProgram} in a JVM of its own, behind a command that changes its surroundings. */
final class ForkedJvm {

  private ForkedJvm() {}

  static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(":"))
        .filter(entry -> !entry.contains("junit"))
        .collect(Collectors.joining(":"));
  }

  /** The Java command with what it needs of the class path. */
  static List<String> java(String... optionsAndArguments) {
    List<String> options = Stream.of(optionsAndArguments).filter(each -> each.startsWith("-")).toList();
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString()));
    command.addAll(options);
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED"); // here JNA is on the class path
    }
    command.addAll(List.of("-Xmx64m", "-cp", classPath(), KernelProgram.class.getName()));
    Stream.of(optionsAndArguments).filter(each -> !options.contains(each)).forEach(command::add);
    return command;
  }

  /** Runs it: exit code 0 and nothing on stderr, or the test fails. */
  static Map<String, String> run(List<String> before, List<String> java) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(before);
    command.addAll(java);
    Process process = new ProcessBuilder(command).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes());
    String error = new String(process.getErrorStream().readAllBytes());
    assertThat(process.waitFor()).as("%s%n%s%n%s", command, output, error).isZero();
    assertThat(error).isEmpty();
    return output.lines().collect(Collectors.toMap(l -> l.substring(0, l.indexOf('=')), l -> l.substring(l.indexOf('=') + 1)));
  }
}
