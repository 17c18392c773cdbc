package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar's libraries load with old C libraries: nothing but the C library is needed, and no new one. */
class NativeLibrariesIT {

  /** RHEL 8 and Debian 10; Amazon Linux 2023 has a newer one. */
  private static final int NEWEST_GLIBC = 28;

  private static final Pattern GLIBC = Pattern.compile("GLIBC_2\\.(\\d+)(\\.\\d+)?");

  private static final Path MUSL_CC = Path.of("/usr/bin/musl-gcc");

  @TempDir Path directory;

  private static Map<String, byte[]> libraries() throws IOException {
    Map<String, byte[]> libraries = new TreeMap<>();
    try (JarFile jar = new JarFile(Path.of("target/mmapscope.jar").toFile())) {
      for (JarEntry entry : (Iterable<JarEntry>) jar.stream()::iterator) {
        if (entry.getName().endsWith(".so")) {
          try (InputStream in = jar.getInputStream(entry)) {
            libraries.put(entry.getName(), in.readAllBytes());
          }
        }
      }
    }
    return libraries;
  }

  private static Map<String, byte[]> librariesFor(int machine) throws IOException {
    Map<String, byte[]> libraries = libraries();
    libraries.values().removeIf(file -> ElfLibrary.of(file).machine() != machine);
    assertThat(libraries).as("libraries for machine %d", machine).hasSizeGreaterThanOrEqualTo(2);
    return libraries;
  }

  @Test
  void noneNeedsANewGlibc() throws IOException {
    assertThat(libraries())
        .hasSizeGreaterThanOrEqualTo(2)
        .allSatisfy(
            (name, file) ->
                assertThat(ElfLibrary.of(file).versions()).as(name).isNotEmpty().allMatch(NativeLibrariesIT::isOld));
  }

  private static boolean isOld(String version) {
    Matcher glibc = GLIBC.matcher(version);
    return glibc.matches() && Integer.parseInt(glibc.group(1)) <= NEWEST_GLIBC;
  }

  @Test
  void theCLibraryIsAllThatIsNeeded() throws IOException {
    assertThat(libraries())
        .allSatisfy(
            (name, file) -> assertThat(ElfLibrary.of(file).libraries()).as(name).containsExactly("libc.so.6"));
  }

  /** By a program that musl's dynamic linker runs, in the way in which a JVM loads them. */
  @Test
  void thoseForX86LoadWithMusl() throws Exception {
    Assumptions.assumeTrue(Files.exists(MUSL_CC), MUSL_CC + " is not there: install musl-tools");
    Path program = directory.resolve("load");
    assertThat(output(MUSL_CC.toString(), "-o", program.toString(), "src/test/resources/load.c")).isEmpty();
    for (var library : librariesFor(ElfLibrary.X86_64).entrySet()) {
      Path file = Files.write(directory.resolve("library.so"), library.getValue());
      assertThat(output(program.toString(), file.toString())).as(library.getKey()).startsWith("loaded");
    }
  }

  private static String output(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return output;
  }

  /** What musl has for x86-64 it has for AArch64, where it cannot be run here. */
  @Test
  void thoseForAarch64NeedNoOtherSymbols() throws IOException {
    Set<String> symbols = symbols(ElfLibrary.AARCH64);
    symbols.remove("getauxval"); // musl has had it since 1.1
    assertThat(symbols(ElfLibrary.X86_64)).containsAll(symbols);
  }

  private static Set<String> symbols(int machine) throws IOException {
    Set<String> symbols = new TreeSet<>();
    librariesFor(machine).values().forEach(file -> symbols.addAll(ElfLibrary.of(file).symbols()));
    return symbols;
  }
}
