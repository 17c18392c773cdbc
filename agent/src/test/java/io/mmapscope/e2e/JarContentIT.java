package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What an application, the JVM and the agent's own loader find in the jar. */
class JarContentIT {

  private static final List<String> OWN = List.of("isolated/io/mmapscope/", "isolated/com/sun/jna/");

  private static final String LOGGING = "io/mmapscope/exporter/logging/";

  private static List<String> entries() throws IOException {
    try (JarFile jar = new JarFile(Path.of("target/mmapscope.jar").toFile())) {
      return jar.stream().filter(entry -> !entry.isDirectory()).map(ZipEntry::getName).toList();
    }
  }

  @Test
  void applicationSeesTheLauncherAndMetadataOnly() throws IOException {
    assertThat(entries())
        .filteredOn(name -> !name.startsWith("isolated/"))
        .allMatch(name -> name.matches("io/mmapscope/launcher/\\w+\\.class|META-INF/(MANIFEST.MF|LICENSE|NOTICE)"))
        .contains("META-INF/LICENSE", "META-INF/NOTICE");
    assertThat(entries()).filteredOn(name -> name.startsWith("io/")).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void everyLibraryIsRelocatedButJna() throws IOException {
    List<String> isolated =
        entries().stream()
            .filter(name -> name.startsWith("isolated/") && name.endsWith(".class"))
            .filter(name -> !name.startsWith("isolated/bootstrap/"))
            .toList();
    assertThat(isolated).hasSizeGreaterThan(500);
    assertThat(isolated).filteredOn(name -> OWN.stream().noneMatch(name::startsWith)).isEmpty();
  }

  /** To initialise the application's log manager is harm, and libraries do it by merely being loaded. */
  @Test
  void nothingUsesTheJdksLogging() throws IOException {
    assertThat(classes())
        .allSatisfy(each -> assertThat(each.texts()).as(each.name()).noneMatch(text -> text.contains("java/util/logging")));
  }

  @Test
  void theStandInForTheJdksLoggingHasAllThatIsUsed() throws IOException {
    List<ClassConstants> classes = classes();
    Set<String> declared = new TreeSet<>();
    Set<String> used = new TreeSet<>();
    for (ClassConstants each : classes) {
      if (each.name().startsWith(LOGGING)) {
        declared.addAll(each.declared());
      } else {
        each.used().stream().filter(member -> member.startsWith(LOGGING)).forEach(used::add);
      }
    }
    assertThat(used).hasSizeGreaterThan(10);
    assertThat(declared).containsAll(used);
  }

  private static List<ClassConstants> classes() throws IOException {
    List<ClassConstants> classes = new ArrayList<>();
    try (JarFile jar = new JarFile(Path.of("target/mmapscope.jar").toFile())) {
      for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
        if (entry.getName().endsWith(".class")) {
          try (InputStream in = jar.getInputStream(entry)) {
            classes.add(ClassConstants.of(in.readAllBytes()));
          }
        }
      }
    }
    return classes;
  }

  @Test
  void bootstrapClassesAreAHandful() throws IOException {
    assertThat(entries())
        .filteredOn(name -> name.startsWith("isolated/bootstrap/"))
        .hasSizeBetween(1, 16)
        .allMatch(name -> name.matches("isolated/bootstrap/java/lang/Mmapscope\\w*\\.class"));
  }

  @Test
  void kernelSideIsThere() throws IOException {
    List<String> programs = entries().stream().filter(name -> name.endsWith(".bpf.o")).toList();
    assertThat(programs).contains("isolated/mmapscope/bpf/x86_64/mapping.bpf.o");
    assertThat(programs).map(name -> name.replace("/x86_64/", "/*/").replace("/aarch64/", "/*/"))
        .as("each is there for both architectures; the build says what it lacked")
        .allSatisfy(name -> assertThat(programs).contains(name.replace("*", "x86_64"), name.replace("*", "aarch64")));
    assertThat(entries())
        .filteredOn(name -> name.endsWith(".so"))
        .containsExactlyInAnyOrder(
            "isolated/com/sun/jna/linux-x86-64/libjnidispatch.so",
            "isolated/com/sun/jna/linux-aarch64/libjnidispatch.so",
            "isolated/linux-x86-64/libmmapscope-bpf.so",
            "isolated/linux-aarch64/libmmapscope-bpf.so");
  }

  @Test
  void nothingIsForAnotherSystem() throws IOException {
    assertThat(entries()).filteredOn(name -> name.matches(".*\\.(dll|dylib|jnilib|a)")).isEmpty();
  }

  @Test
  void noEntryIsThereTwice() throws IOException {
    assertThat(entries()).doesNotHaveDuplicates();
  }

  @Test
  void manifestNamesTheLauncher() throws IOException {
    try (JarFile jar = new JarFile(Path.of("target/mmapscope.jar").toFile())) {
      var attributes = jar.getManifest().getMainAttributes();
      for (String name : List.of("Main-Class", "Premain-Class", "Agent-Class")) {
        assertThat(attributes.getValue(name)).as(name).isEqualTo("io.mmapscope.launcher.Launcher");
      }
      assertThat(attributes.getValue("Boot-Class-Path")).isNull();
      assertThat(attributes.getValue("Can-Retransform-Classes")).isEqualTo("true");
    }
  }
}
