package io.mmapscope.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiled methods on the stack of a thread that is parked below them, on this JDK and on 25. */
class CompiledCodeOnJvmsTest {

  private static final String PROGRAM = CodeProgram.class.getName();
  private static final String[] CHAIN = {PROGRAM + ".inner", PROGRAM + ".middle", PROGRAM + ".outer"};

  @TempDir private Path directory;

  @Test
  void onThisJdk() throws Exception {
    check(Path.of(System.getProperty("java.home")));
  }

  @Test
  void onJdk25() throws Exception {
    check(jdk25());
  }

  @Test
  void withoutFramePointersThereIsNoStack() throws Exception {
    Map<String, String> found = run(Path.of(System.getProperty("java.home")), "-XX:-PreserveFramePointer");
    assertThat(words(found, "words")).containsSubsequence(CHAIN);
    assertThat(found).containsEntry("frames", "");
  }

  private void check(Path home) throws Exception {
    Map<String, String> found = run(home, "-XX:+PreserveFramePointer");
    assertThat(words(found, "java")).containsSubsequence(CHAIN);
    assertThat(words(found, "words")).containsSubsequence(CHAIN);
    List<String> frames = words(found, "frames");
    assertThat(frames).startsWith(CHAIN).hasSize(CHAIN.length + 1).endsWith("jvm.notCompiled");
    assertThat(found).containsEntry("library", "false").containsEntry("earlier", "false");
  }

  /** Compiled at once, and each method on its own; the thread's own loop stays in the interpreter. */
  private Map<String, String> run(Path home, String framePointers) throws Exception {
    return AgentFork.run(
        home,
        directory,
        CodeProgram.class,
        "",
        framePointers,
        "-Xbatch",
        "-XX:CompileCommand=quiet",
        "-XX:CompileCommand=dontinline," + PROGRAM + "::*",
        "-XX:CompileCommand=exclude," + PROGRAM + "::run");
  }

  private static List<String> words(Map<String, String> found, String key) {
    return List.of(found.get(key).split(","));
  }

  private static Path jdk25() throws Exception {
    Path home = AgentFork.jdk25();
    assumeTrue(home != null, "no JDK 25: set JAVA25_HOME");
    return home;
  }
}
