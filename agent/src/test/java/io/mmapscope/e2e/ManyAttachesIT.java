package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * The agent comes to a JVM and leaves it, again and again, and nothing adds up. {@code
 * -Dmmapscope.e2e.attaches=100} for more than the few that do in general.
 */
class ManyAttachesIT extends AttachE2e {

  private static final int ATTACHES = Integer.getInteger("mmapscope.e2e.attaches", 10);

  /** The first loads what the JVM needs for that at all, the second what it needs for a second one. */
  private static final int BEFORE = 2;

  private static final int TRIES = 20;

  @ParameterizedTest
  @Jdks
  void nothingAddsUp(Jdk jdk) throws Exception {
    try (LiveJvm jvm = busy(jdk)) {
      for (int i = 0; i < BEFORE; i++) {
        attachAndDetach(jvm);
      }
      Leftovers first = settled(jvm, Leftovers::ofTheAgent);
      for (int i = 0; i < ATTACHES; i++) {
        attachAndDetach(jvm);
      }
      Leftovers last = settled(jvm, now -> more(now, first));
      // The C library's heaps grow in some steps; what each attach leaves behind would be as many as there were.
      assertThat(last.unnamed() - first.unnamed()).as("mappings without a name").isLessThan(ATTACHES);
      assertThat(KernelObjects.of(jvm)).isEmpty();
      try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/tmp"), "mmapscope-*")) {
        assertThat(files).noneMatch(file -> file.toString().contains("-" + jvm.pid() + "-"));
      }
      assertThat(jvm.ask("pause")).noneMatch(line -> line.startsWith("failure"));
    }
  }

  /** What is there when of what is not wanted nothing is left. The collector may take some rounds to see that. */
  private static Leftovers settled(LiveJvm jvm, Function<Leftovers, Map<String, Integer>> unwanted) throws Exception {
    Leftovers now = Leftovers.of(jvm);
    for (int i = 0; i < TRIES && !unwanted.apply(now).isEmpty(); i++) {
      now = Leftovers.of(jvm);
    }
    assertThat(unwanted.apply(now)).as("left behind").isEmpty();
    return now;
  }

  /** But for the agent's jar, which the JVM may open on its class path whenever it likes. */
  private static Map<String, Integer> more(Leftovers now, Leftovers first) {
    Map<String, Integer> more = now.moreThan(first, ATTACHES);
    more.putAll(now.ofTheAgent());
    more.entrySet().removeIf(each -> each.getKey().matches("descriptor .*/mmapscope.jar") && each.getValue() == 1);
    return more;
  }

  private void attachAndDetach(LiveJvm jvm) throws Exception {
    command("attach", jvm, "span.min-duration=0ms", "metrics.exporter=otlp,prometheus").succeeded();
    Thread.sleep(200);
    Set<String> objects = KernelObjects.of(jvm);
    assertThat(objects).isNotEmpty();
    assertThat(command("detach", jvm).succeeded().stdout()).matches("mmapscope \\S+ has left\n");
    KernelObjects.assertGone(objects);
  }
}
