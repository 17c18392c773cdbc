package io.mmapscope.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On JDK 24 and later, JNA in the agent's loader binds native code without a warning and without opening the door. */
class NativeAccessTest {

  @TempDir private Path directory;
  private Path jar;

  @BeforeEach
  void agent() throws IOException {
    Privileges.assumeBpf();
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", AccessAgent.class.getName());
    String entry = AccessAgent.class.getName().replace('.', '/') + ".class";
    jar = directory.resolve("agent.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
        var in = getClass().getClassLoader().getResourceAsStream(entry)) {
      out.putNextEntry(new JarEntry(entry));
      in.transferTo(out);
    }
  }

  private Map<String, String> run(Path home) throws Exception {
    String agent = "-javaagent:" + jar + "=" + ForkedJvm.classPath();
    return ForkedJvm.run(
        List.of("env"),
        List.of(home.resolve("bin/java").toString(), agent, "-cp", jar.toString(), AccessAgent.class.getName()));
  }

  @Test
  void onThisJdk() throws Exception {
    String expected = Runtime.version().feature() < 24 ? "null" : "io.mmapscope.jna";
    assertThat(run(Path.of(System.getProperty("java.home"))))
        .containsEntry("jna", expected)
        .containsEntry("application", "false");
  }

  @Test
  void onJdk25() throws Exception {
    Path home = jdk25();
    assumeTrue(home != null, "no JDK 25: set JAVA25_HOME");
    assertThat(run(home)).containsEntry("jna", "io.mmapscope.jna").containsEntry("application", "false");
  }

  private static Path jdk25() throws IOException {
    if (System.getenv("JAVA25_HOME") != null) {
      return Path.of(System.getenv("JAVA25_HOME"));
    }
    Path installed = Path.of("/usr/lib/jvm");
    if (!Files.isDirectory(installed)) {
      return null;
    }
    try (var all = Files.list(installed)) {
      return all.filter(NativeAccessTest::is25).findFirst().orElse(null);
    }
  }

  private static boolean is25(Path home) {
    try {
      return Files.readString(home.resolve("release")).contains("JAVA_VERSION=\"25");
    } catch (IOException notAJdk) {
      return false;
    }
  }
}
