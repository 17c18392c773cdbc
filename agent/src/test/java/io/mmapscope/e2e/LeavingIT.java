package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.Busy;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** However a JVM with the agent ends, no program, map, link or file of the agent's stays. */
class LeavingIT extends E2e {

  private static final Path MEMORY = Path.of("/sys/fs/cgroup/memory");
  private static final long OOM_BYTES = 200L << 20;
  private static final Duration LONGEST = Duration.ofSeconds(20);

  private LiveJvm jvm;
  private Set<String> objects;

  @BeforeEach
  void start() throws Exception {
    jvm =
        jvm(Jdk.current())
            .jvmOptions("-Djava.io.tmpdir=" + workspace.directory("tmp"), "-Xmx512m")
            .jvmOptions("-XX:+ExitOnOutOfMemoryError", "-XX:-CreateCoredumpOnCrash")
            .jvmOptions("-XX:ErrorFile=" + workspace.output().resolve("crash"))
            .program(Busy.class, workspace.directory("data"), 2, 20, 500)
            .talking()
            .start();
    jvm.answer();
    objects = KernelObjects.of(jvm);
    assertThat(objects).anyMatch(name -> name.startsWith("prog")).anyMatch(name -> name.startsWith("map"));
  }

  @AfterEach
  void end() throws Exception {
    jvm.close();
  }

  @ParameterizedTest
  @CsvSource({"quit,3", "halt,4", "eat,3"})
  void byItsOwnDoing(String how, int exitCode) throws Exception {
    jvm.say(how);
    assertThat(jvm.result(LONGEST).exitCode()).isEqualTo(exitCode);
    assertNothingStays();
  }

  @ParameterizedTest
  @CsvSource({"KILL,137", "TERM,143", "SEGV,1"})
  void byASignal(String signal, int exitCode) throws Exception {
    jvm.signal(signal);
    assertThat(jvm.result(LONGEST).exitCode()).isEqualTo(exitCode);
    assertNothingStays();
  }

  @Test
  void byTheKernelOutOfMemory() throws Exception {
    Path group = MEMORY.resolve("mmapscope-test-" + jvm.pid());
    Assumptions.assumeTrue(Files.isWritable(MEMORY), () -> "needs a writable memory cgroup (v1) at " + MEMORY);
    Files.createDirectory(group);
    try {
      Files.writeString(group.resolve("memory.limit_in_bytes"), String.valueOf(OOM_BYTES));
      Files.writeString(group.resolve("cgroup.procs"), String.valueOf(jvm.pid()));
      jvm.say("eat");
      Result result = jvm.result(LONGEST);
      assertThat(result.exitCode()).as("killed: %s", result).isEqualTo(137);
    } finally {
      Files.delete(group);
    }
    assertNothingStays();
  }

  private void assertNothingStays() throws IOException, InterruptedException {
    KernelObjects.assertGone(objects);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(workspace.directory("tmp"))) {
      assertThat(files).isEmpty();
    }
  }
}
