package io.mmapscope.agent.kernel;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Loads JNA's stub and libbpf, once, and leaves nothing behind: no file, no directory, no system property.
 *
 * <p>JNA left to itself would unpack into {@code ~/.cache/JNA}, run {@code ldconfig -p} to learn where libraries are,
 * and fail where that one directory is full or {@code noexec}: half of its 100 ms. So both libraries are unpacked here,
 * and JNA is told by system properties, for as long as its class initialiser runs.
 */
final class NativeCode {

  private static NativeLibrary libbpf;
  private static KernelUnavailableException failure;

  private NativeCode() {}

  /** Returns the library with libbpf in it. What failed once fails again: JNA's classes cannot be loaded twice. */
  static synchronized NativeLibrary libbpf() throws KernelUnavailableException {
    if (failure != null) {
      throw failure;
    }
    if (libbpf == null) {
      try {
        libbpf = load();
      } catch (KernelUnavailableException unavailable) {
        failure = unavailable;
        throw unavailable;
      }
    }
    return libbpf;
  }

  /** Unloads libbpf. JNA's stub goes with its class loader, as the JVM has it. */
  static synchronized void unload() {
    if (libbpf != null) {
      libbpf.close();
      libbpf = null;
    }
    failure = new KernelUnavailableException("native code is unloaded");
  }

  private static NativeLibrary load() throws KernelUnavailableException {
    Architecture architecture = Architecture.current();
    ClassLoader loader = NativeCode.class.getClassLoader();
    try (UnpackedLibraries files = UnpackedLibraries.unpack(loader, architecture.stub(), architecture.libbpf())) {
      Path directory = files.directory();
      startJna(directory);
      return NativeLibrary.getInstance(files.path(architecture.libbpf()).toString(), loader);
    } catch (IOException | SecurityException | LinkageError e) {
      throw new KernelUnavailableException("cannot load native code: " + reason(e), e);
    }
  }

  /** JNA's message is "Unable to load library …" and then dlopen's, each time it tried, on lines of their own. */
  private static String reason(Throwable failure) {
    String[] lines = String.valueOf(failure.getMessage()).split("\n");
    return lines[lines.length > 1 ? 1 : 0];
  }

  private static void startJna(Path directory) {
    Map<String, String> wanted = new LinkedHashMap<>();
    wanted.put("jna.boot.library.name", "jnidispatch");
    wanted.put("jna.boot.library.path", directory.toString());
    wanted.put("jna.platform.library.path", "");
    wanted.put("jna.nosys", "true");
    wanted.put("jna.nounpack", "true");
    wanted.put("jna.noclasspath", "true");
    wanted.put("jnidispatch.path", ""); // this and the next are set by JNA
    wanted.put("jna.loaded", "");
    Map<String, String> before = new LinkedHashMap<>();
    try {
      wanted.forEach((key, value) -> before.put(key, System.setProperty(key, value)));
      // Both read their properties in their class initialisers, and not again.
      Native.getNativeSize(long.class);
      NativeLibrary.getProcess();
    } finally {
      before.forEach(NativeCode::restore);
    }
  }

  private static void restore(String key, String value) {
    if (value == null) {
      System.clearProperty(key);
    } else {
      System.setProperty(key, value);
    }
  }
}
