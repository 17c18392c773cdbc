package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.Hello;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** Whatever is wrong with the input or the machine: one clear line, and the application runs. */
class BadInputIT extends E2e {

  private AgentJvm hello(Jdk jdk) {
    return new AgentJvm(workspace, jdk).collector(collector).program(Hello.class, "return");
  }

  private static void assertRan(Result result) {
    assertThat(result.succeeded().stdout()).isEqualTo("hello, stdout\nbye\n");
    assertThat(result.otherLines()).containsExactly("hello, stderr");
  }

  @ParameterizedTest
  @Jdks
  void badSettingsAreNamed(Jdk jdk) throws Exception {
    Result result = hello(jdk).argument("span.min-duraton=1ms;stack.depth=deep;queue.size=64").run();
    assertRan(result);
    assertThat(result.agentLines()).hasSize(3);
    assertThat(result.agentLines().get(0)).contains("span.min-duraton=1ms", "nearest is \"span.min-duration\"");
    assertThat(result.agentLines().get(1)).contains("stack.depth=deep").contains("using 16");
    assertThat(result.agentLines().get(2)).matches(START_LINE);
  }

  @ParameterizedTest
  @Jdks
  void jarInADirectoryThatCannotBeListed(Jdk jdk) throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another user");
    Path directory = workspace.directory("unlisted");
    Path jar = Files.copy(workspace.jar(), directory.resolve("mmapscope.jar"));
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("--x--x--x"));
    Result result =
        hello(jdk)
            .jar(jar)
            .under(DegradedIT.NOBODY)
            .run();
    assertRan(result);
    assertThat(result.agentLines()).singleElement().asString().matches(DEGRADED_LINE);
  }

  /** Runs with a file system of these options mounted on {@code /tmp}, seen by nobody else. */
  private AgentJvm withTmp(Jdk jdk, String options, String preparation) {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can mount");
    String script = "mount -t tmpfs -o " + options + " tmpfs /tmp && " + preparation + " && exec \"$@\"";
    return hello(jdk).under("unshare", "--mount", "sh", "-c", script, "sh");
  }

  private static void assertRanWithOneLine(Result result) {
    assertRan(result);
    assertThat(result.agentLines()).singleElement().asString().matches("mmapscope \\d.*");
  }

  @ParameterizedTest
  @Jdks
  void fullTmp(Jdk jdk) throws Exception {
    // The JVM writes its performance data there too, and says so where it cannot.
    assertRanWithOneLine(
        withTmp(jdk, "size=64k", "{ head -c 200k /dev/zero >/tmp/full 2>/dev/null; true; }")
            .jvmOptions("-XX:-UsePerfData")
            .run());
  }

  @ParameterizedTest
  @Jdks
  void noexecTmp(Jdk jdk) throws Exception {
    assertRanWithOneLine(withTmp(jdk, "noexec", "true").run());
  }

  @ParameterizedTest
  @Jdks
  void missingTmp(Jdk jdk) throws Exception {
    Result result = hello(jdk).jvmOptions("-Djava.io.tmpdir=" + workspace.output().resolve("absent")).run();
    assertThat(result.succeeded().stdout()).isEqualTo("hello, stdout\nbye\n");
    assertThat(result.agentLines()).singleElement().asString().matches("mmapscope \\d.*");
  }

  @Test
  void securityManagerThatForbidsEverything() throws Exception {
    Jdk jdk = Jdk.all().get(0);
    assumeTrue(jdk.feature() < 24, "JDK 24 and later have no security manager");
    Path policy = Files.writeString(workspace.output().resolve("policy"), "grant { };\n");
    Result result =
        hello(jdk).jvmOptions("-Djava.security.manager", "-Djava.security.policy==" + policy).run();
    assertThat(result.succeeded().stdout()).isEqualTo("hello, stdout\nbye\n");
    assertThat(result.agentLines()).singleElement().asString().matches("mmapscope.*");
  }
}
