package io.mmapscope.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory that any user can read and write, outside the tree (which may lie in a home directory) and outside
 * {@code /tmp} (which some tests mount over): the jar as built, the test programs alone, room for output. Deleted when
 * closed.
 */
final class Workspace implements AutoCloseable {

  private static final Path BUILT = Path.of("target/mmapscope.jar");
  private static final Path TEST_CLASSES = Path.of("target/test-classes");
  private static final Path PROGRAMS = Path.of("io/mmapscope/e2e/programs");

  private final Path root;

  Workspace() {
    try {
      root = Files.createTempDirectory(Path.of("/var/tmp"), "mmapscope-e2e-");
      open(root);
      Files.copy(BUILT, jar());
      copyTree(TEST_CLASSES.resolve(PROGRAMS), programs().resolve(PROGRAMS));
      open(Files.createDirectory(output()));
    } catch (IOException e) {
      throw new UncheckedIOException("run from the module agent, after the jar is packaged", e);
    }
  }

  /** The agent's jar. */
  Path jar() {
    return root.resolve("mmapscope.jar");
  }

  /** Class path of the test programs: nothing but them. */
  Path programs() {
    return root.resolve("programs");
  }

  /** A directory for what programs write. */
  Path output() {
    return root.resolve("output");
  }

  /** A new directory, writable for all. */
  Path directory(String name) {
    try {
      return open(Files.createDirectories(root.resolve(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies of jars that any user can read. */
  Path[] readable(Path... jars) {
    Path libraries = directory("libraries");
    return Stream.of(jars).map(jar -> copied(jar, libraries.resolve(jar.getFileName()))).toArray(Path[]::new);
  }

  private static Path copied(Path file, Path to) {
    try {
      return Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path open(Path directory) throws IOException {
    return Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  private static void copyTree(Path from, Path to) throws IOException {
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(from)) {
      paths = walk.toList();
    }
    for (Path path : paths) {
      Path target = to.resolve(from.relativize(path));
      if (Files.isDirectory(path)) {
        Files.createDirectories(target);
      } else {
        Files.copy(path, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
