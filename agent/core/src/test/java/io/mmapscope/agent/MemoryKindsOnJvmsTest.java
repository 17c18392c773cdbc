package io.mmapscope.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What real JVMs' memory is taken for, with each collector, on this JDK and on 25. */
class MemoryKindsOnJvmsTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"G1", "Serial", "Parallel", "Shenandoah", "Z"})
  void onThisJdk(String collector) throws Exception {
    check(Path.of(System.getProperty("java.home")), collector);
  }

  @ParameterizedTest
  @ValueSource(strings = {"G1", "Serial", "Parallel", "Shenandoah", "Z"})
  void onJdk25(String collector) throws Exception {
    check(jdk25(), collector);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aJvmWithoutManagementHasCommandsNowhereAndGoesOn(boolean newest) throws Exception {
    Path home = newest ? jdk25() : Path.of(System.getProperty("java.home"));
    Map<String, String> found = run(home, "--limit-modules", "java.instrument,jdk.unsupported");
    assertThat(found)
        .containsEntry("commands", "false")
        .containsEntry("object", "ANONYMOUS")
        .containsEntry("generated", "[ANONYMOUS]")
        .containsEntry("jdk", "[LIBRARY]")
        .containsEntry("mapped", "[FILE]");
  }

  private void check(Path home, String collector) throws Exception {
    boolean known = AgentFork.supports(home, "-XX:+Use" + collector + "GC");
    assumeTrue(known, home + " has no collector " + collector);
    Map<String, String> found = run(home, "-XX:+Use" + collector + "GC");
    boolean z = collector.equals("Z");
    assertThat(found)
        .containsEntry("commands", "true")
        .containsEntry("zHeap", z ? "[JAVA_HEAP]" : "[]")
        .containsEntry("generated", "[CODE_CACHE]")
        .containsEntry("jdk", "[LIBRARY]")
        .containsEntry("c", "[LIBRARY]")
        .containsEntry("mapped", "[FILE]")
        .containsEntry("main", "[ANONYMOUS]");
    if (!z) {
      assertThat(found).containsEntry("object", "JAVA_HEAP");
    }
  }

  private Map<String, String> run(Path home, String... options) throws Exception {
    Path file = Files.write(directory.resolve("mapped.bin"), new byte[10_000]).toRealPath();
    return AgentFork.run(home, directory, MemoryProgram.class, file.toString(), options);
  }

  private static Path jdk25() throws Exception {
    Path home = AgentFork.jdk25();
    assumeTrue(home != null, "no JDK 25: set JAVA25_HOME");
    return home;
  }
}
