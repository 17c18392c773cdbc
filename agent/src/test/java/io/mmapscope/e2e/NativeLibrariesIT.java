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

  /** By JNA's stub, for call-backs on threads that are not Java's; the JVM binds a function at its first call. */
  private static final String NEVER_CALLED = ": __strdup: symbol not found";

  private static final Path MUSL = Path.of("/lib/ld-musl-x86_64.so.1");

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

  /** musl's dynamic linker binds every symbol and tells of those it does not know. */
  @Test
  void thoseForX86LoadWithMusl() throws Exception {
    Assumptions.assumeTrue(Files.exists(MUSL), MUSL + " is not there: install musl");
    for (var library : librariesFor(ElfLibrary.X86_64).entrySet()) {
      Path file = Files.write(directory.resolve("library.so"), library.getValue());
      Process list =
          new ProcessBuilder(MUSL.toString(), "--list", file.toString()).redirectErrorStream(true).start();
      String output = new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(list.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(output).as(library.getKey()).contains("libc.so.6 => " + MUSL);
      assertThat(output.lines())
          .as(library.getKey())
          .filteredOn(line -> line.startsWith("Error"))
          .allMatch(line -> library.getKey().endsWith("/libjnidispatch.so") && line.contains(NEVER_CALLED));
    }
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
