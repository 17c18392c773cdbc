package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.Owner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Whose a mapping is whose making nobody saw, by its file alone. Thread-safe.
 *
 * <p>The JVM's: what has no file (heap, code cache, stacks), everything below {@code java.home}, class-data and
 * ahead-of-time archives wherever they lie, the heap of ZGC, the C library with its own data, and performance counters. Every other
 * file is taken for a native library's doing.
 */
final class FileOwners {

  /** glibc's parts with and without a version in the name, musl, and what C++ adds. */
  private static final Pattern C_LIBRARY =
      Pattern.compile(
          "(ld-.*|lib(c|m|dl|rt|pthread|resolv|stdc\\+\\+|gcc_s|nss_[a-z]+)(-\\d.*)?)\\.so(\\..*)?");

  private final Path javaHome;

  FileOwners(String javaHome) {
    this.javaHome = real(Path.of(javaHome));
  }

  static FileOwners ofThisJvm() {
    return new FileOwners(System.getProperty("java.home", "/nonexistent"));
  }

  /** @param path absolute path, or null for memory without a file */
  Owner ownerOf(String path) {
    if (path == null || partOfJvm(path) || partOfC(path)) {
      return Owner.JVM;
    }
    boolean archive = path.endsWith(".jsa") || path.endsWith(".aot") || path.contains("/hsperfdata_");
    return archive || heapOfZgc(path) ? Owner.JVM : Owner.NATIVE;
  }

  /** True for the file in memory that ZGC maps as the Java heap; {@code java_heap.hugetlb} where it uses large pages. */
  static boolean heapOfZgc(String path) {
    return path.startsWith("/memfd:java_heap");
  }

  /** True for the JVM's own files, native libraries included. */
  boolean partOfJvm(String path) {
    return path.startsWith("/") && Path.of(path).startsWith(javaHome);
  }

  /** True for the C library and what speaks for its caller as it does. */
  static boolean partOfC(String path) {
    if (path.endsWith("/locale-archive") || path.endsWith("/gconv-modules.cache")) {
      return true;
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    return C_LIBRARY.matcher(name).matches();
  }

  private static Path real(Path path) {
    try {
      return path.toRealPath(); // the kernel names files by their real paths
    } catch (IOException | SecurityException e) {
      return path.toAbsolutePath();
    }
  }
}
