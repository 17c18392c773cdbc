package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.Hello;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.params.ParameterizedTest;

/** A program's output, exit code and start are with the agent what they are without. */
class HelloWorldIT extends E2e {

  private AgentJvm plain(Jdk jdk) {
    return new AgentJvm(workspace, jdk).collector(collector);
  }

  private void assertSameButForOneLine(Jdk jdk, int exitCode, Object... arguments) throws Exception {
    Result without = plain(jdk).program(Hello.class, arguments).withoutAgent().run();
    Result with = plain(jdk).program(Hello.class, arguments).run();
    assertThat(without.exitCode()).as("of %s", without).isEqualTo(exitCode);
    assertThat(with.exitCode()).as("of %s", with).isEqualTo(exitCode);
    assertThat(with.stdout()).isEqualTo(without.stdout());
    assertThat(with.otherLines()).isEqualTo(without.stderr().lines().toList());
    assertThat(with.agentLines()).singleElement().asString().matches(START_LINE);
  }

  @ParameterizedTest
  @Jdks
  void returnFromMain(Jdk jdk) throws Exception {
    assertSameButForOneLine(jdk, 0, "return");
  }

  @ParameterizedTest
  @Jdks
  void systemExit(Jdk jdk) throws Exception {
    assertSameButForOneLine(jdk, 3, "exit", 3);
  }

  @ParameterizedTest
  @Jdks
  void uncaughtException(Jdk jdk) throws Exception {
    assertSameButForOneLine(jdk, 1, "throw");
  }

  @ParameterizedTest
  @Jdks
  void disabledAgentSaysNothing(Jdk jdk) throws Exception {
    Result result = plain(jdk).setting("enabled", false).program(Hello.class, "return").run().succeeded();
    assertThat(result.agentLines()).isEmpty();
    assertThat(collector.requests()).isZero();
  }

  @ParameterizedTest
  @Jdks
  void classDataSharingOfTheJdkStaysOn(Jdk jdk) throws Exception {
    long without = sharedClasses(plain(jdk).withoutAgent());
    long with = sharedClasses(plain(jdk));
    assertThat(without).isGreaterThan(300);
    assertThat(with).isGreaterThanOrEqualTo(without);
  }

  private long sharedClasses(AgentJvm jvm) throws Exception {
    Path log = workspace.output().resolve("classes.log");
    Result result =
        jvm.jvmOptions("-Xshare:on", "-Xlog:class+load:file=" + log).program(Hello.class, "return").run().succeeded();
    assertThat(result.stdout() + result.stderr()).doesNotContain("Sharing is only supported", "[warning]");
    return Files.readAllLines(log).stream().filter(line -> line.contains("source: shared objects file")).count();
  }

  @ParameterizedTest
  @Jdks
  void classDataSharingOfTheApplicationStaysOn(Jdk jdk) throws Exception {
    Path jar = workspace.directory("app").resolve("app.jar");
    int made =
        ToolProvider.findFirst("jar").orElseThrow()
            .run(System.out, System.err, "-c", "-f", jar.toString(), "-C", workspace.programs().toString(), ".");
    assertThat(made).isZero();
    Path archive = workspace.output().resolve("app.jsa");
    plain(jdk).withoutAgent().onlyClassPath(jar).jvmOptions("-XX:ArchiveClassesAtExit=" + archive)
        .program(Hello.class, "return").run().succeeded();
    for (AgentJvm jvm : List.of(plain(jdk).withoutAgent(), plain(jdk))) {
      Path log = workspace.output().resolve("application.log");
      jvm.onlyClassPath(jar).jvmOptions("-XX:SharedArchiveFile=" + archive, "-Xlog:class+load:file=" + log)
          .program(Hello.class, "return").run().succeeded();
      assertThat(Files.readAllLines(log))
          .anyMatch(line -> line.contains(Hello.class.getName() + " source: shared objects file (top)"));
    }
  }
}
