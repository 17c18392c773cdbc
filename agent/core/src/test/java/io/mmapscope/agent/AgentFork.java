package io.mmapscope.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs a test's program in a JVM of its own, as that JVM's agent too. */
public final class AgentFork {

  private AgentFork() {}

  /**
   * Runs it with a heap of 64 MB: exit code 0 and nothing on stderr, or the test fails.
   *
   * @param directory for the agent's jar
   * @param program has {@code premain} and {@code main}
   * @return the lines {@code key=value} that it printed
   */
  public static Map<String, String> run(
      Path home, Path directory, Class<?> program, String argument, String... options)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/java").toString(), "-Xmx64m"));
    if (is25(home)) {
      command.add("--sun-misc-unsafe-memory-access=allow"); // the program's own, to know the truth by
    }
    command.addAll(List.of(options));
    command.addAll(List.of("-javaagent:" + jar(directory, program), "-cp", classPath(), program.getName(), argument));
    Process process = new ProcessBuilder(command).redirectError(directory.resolve("stderr").toFile()).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes());
    String error = Files.readString(directory.resolve("stderr"));
    assertThat(process.waitFor()).as("%s%n%s%n%s", command, output, error).isZero();
    assertThat(error).isEmpty();
    return output
        .lines()
        .collect(Collectors.toMap(l -> l.substring(0, l.indexOf('=')), l -> l.substring(l.indexOf('=') + 1)));
  }

  /** Whether a JVM starts with an option. */
  public static boolean supports(Path home, String option) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(home.resolve("bin/java").toString(), option, "-version").redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor() == 0;
  }

  /** The home of a JDK 25, or null. */
  public static Path jdk25() throws IOException {
    if (System.getenv("JAVA25_HOME") != null) {
      return Path.of(System.getenv("JAVA25_HOME"));
    }
    Path installed = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(installed)) {
      return null;
    }
    try (Stream<Path> all = Files.list(installed)) {
      return all.filter(AgentFork::is25).findFirst().orElse(null);
    }
  }

  private static boolean is25(Path home) {
    try {
      return Files.readString(home.resolve("release")).contains("JAVA_VERSION=\"25");
    } catch (IOException notAJdk) {
      return false;
    }
  }

  private static Path jar(Path directory, Class<?> program) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", program.getName());
    Path jar = directory.resolve("agent.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      return jar; // the class itself is on the class path
    }
  }

  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(":"))
        .filter(entry -> !entry.contains("junit"))
        .collect(Collectors.joining(":"));
  }
}
