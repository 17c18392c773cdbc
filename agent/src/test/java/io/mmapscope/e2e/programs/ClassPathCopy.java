package io.mmapscope.e2e.programs;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The program's whole class path once more. */
final class ClassPathCopy {

  private ClassPathCopy() {}

  /** A loader with classes of its own of all that is there, OpenTelemetry included. */
  static ClassLoader loader() throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(":")) {
      urls.add(Path.of(entry).toUri().toURL());
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }
}
