package io.mmapscope.agent.kernel;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Shared libraries unpacked into a directory that only this user can enter, to be deleted as soon as they are loaded.
 * The directory is made where there is room and where code may be run from.
 */
final class UnpackedLibraries implements AutoCloseable {

  private static final Set<PosixFilePermission> OWNER =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);
  private static final FileAttribute<?> OWNER_ONLY = PosixFilePermissions.asFileAttribute(OWNER);

  private final Path directory;
  private final List<Path> files = new ArrayList<>();

  private UnpackedLibraries(Path directory) {
    this.directory = directory;
  }

  /**
   * Unpacks resources into the first place that takes them.
   *
   * @throws IOException where none does: names each place and what is wrong with it
   */
  static UnpackedLibraries unpack(ClassLoader loader, String... resources) throws IOException {
    List<String> refusals = new ArrayList<>();
    for (Path place : places()) {
      try {
        return unpackInto(place, loader, resources);
      } catch (IOException | SecurityException e) {
        refusals.add(place + ": " + reason(e));
      }
    }
    throw new IOException("no place to unpack it (" + String.join("; ", refusals) + ")");
  }

  private static Set<Path> places() {
    Set<Path> places = new LinkedHashSet<>();
    add(places, System.getProperty("java.io.tmpdir"), "");
    add(places, System.getenv("XDG_RUNTIME_DIR"), "");
    add(places, "/dev/shm", "");
    add(places, "/var/tmp", "");
    add(places, System.getProperty("user.home"), ".cache");
    add(places, System.getProperty("user.home"), "");
    add(places, System.getProperty("user.dir"), "");
    return places;
  }

  private static void add(Set<Path> places, String parent, String child) {
    if (parent != null && parent.startsWith("/")) {
      places.add(Path.of(parent, child));
    }
  }

  private static UnpackedLibraries unpackInto(Path place, ClassLoader loader, String... resources) throws IOException {
    // mkdir(2) refuses a name that is there, so it need not be a secret; createTempDirectory's would cost 15 ms.
    Path directory = place.resolve("mmapscope-" + pid() + "-" + System.nanoTime());
    Files.createDirectory(directory, OWNER_ONLY);
    UnpackedLibraries libraries = new UnpackedLibraries(directory);
    boolean done = false;
    try {
      for (String resource : resources) {
        libraries.write(loader, resource);
      }
      done = true;
      return libraries;
    } finally {
      if (!done) {
        libraries.close();
      }
    }
  }

  /** Not by ProcessHandle, which makes threads of its own before it tells. */
  private static Path pid() throws IOException {
    return Files.readSymbolicLink(Path.of("/proc/self"));
  }

  private void write(ClassLoader loader, String resource) throws IOException {
    Path file = path(resource);
    try (InputStream in = loader.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException(resource + " is not in the jar");
      }
      files.add(file);
      // Not Files.write: its channel would have the application's mapping classes woven before its main.
      try (OutputStream out = new FileOutputStream(file.toFile())) {
        in.transferTo(out);
      }
      Files.setPosixFilePermissions(file, OWNER);
    }
    // access(2) with X_OK is refused on a file system mounted noexec, as dlopen would be.
    if (!Files.isExecutable(file)) {
      throw new IOException("mounted noexec");
    }
  }

  private static String reason(Exception e) {
    if (e instanceof java.nio.file.NoSuchFileException) {
      return "does not exist";
    }
    if (e instanceof java.nio.file.AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof java.nio.file.FileSystemException f && f.getReason() != null) {
      return f.getReason();
    }
    return e.getMessage();
  }

  Path directory() {
    return directory;
  }

  Path path(String resource) {
    return directory.resolve(resource.substring(resource.lastIndexOf('/') + 1));
  }

  @Override
  public void close() throws IOException {
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
    Files.delete(directory);
  }
}
