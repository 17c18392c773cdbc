package io.mmapscope.launcher;

import java.io.Closeable;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Loads the agent and its libraries from the folder {@code isolated/} of its jar, where no other class loader finds
 * them. With the platform's loader as its parent nothing of the application is visible to the agent, or the other way
 * round.
 */
final class IsolatedLoader extends ClassLoader implements Closeable {

  static {
    registerAsParallelCapable();
  }

  private static final String FOLDER = "isolated/";

  private final JarFile jar;
  private final String base;

  IsolatedLoader(File file, ClassLoader parent) throws IOException {
    super("mmapscope", parent);
    this.jar = new JarFile(file, false);
    this.base = "jar:" + file.toURI().toASCIIString() + "!/";
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    try {
      byte[] classFile = read(name.replace('.', '/') + ".class");
      if (classFile == null) {
        throw new ClassNotFoundException(name);
      }
      definePackageOf(name);
      return defineClass(name, classFile, 0, classFile.length);
    } catch (IOException failure) {
      throw new ClassNotFoundException(name, failure);
    }
  }

  private void definePackageOf(String className) {
    int dot = className.lastIndexOf('.');
    if (dot > 0 && getDefinedPackage(className.substring(0, dot)) == null) {
      try {
        definePackage(className.substring(0, dot), null, null, null, null, null, null, null);
      } catch (IllegalArgumentException anotherThreadDid) {
        // Then it is there.
      }
    }
  }

  private byte[] read(String path) throws IOException {
    JarEntry entry = jar.getJarEntry(FOLDER + path);
    if (entry == null) {
      return null;
    }
    // Not readAllBytes, whose buffers of 16 KB would make up half of the memory that a start takes.
    byte[] content = new byte[Math.toIntExact(entry.getSize())];
    try (InputStream in = jar.getInputStream(entry)) {
      if (in.readNBytes(content, 0, content.length) < content.length) {
        throw new EOFException(path + " in " + jar.getName());
      }
    }
    return content;
  }

  @Override
  protected URL findResource(String name) {
    try {
      return jar.getJarEntry(FOLDER + name) == null ? null : new URL(base + FOLDER + name);
    } catch (MalformedURLException impossible) {
      return null;
    }
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    URL url = findResource(name);
    return Collections.enumeration(url == null ? List.of() : List.of(url));
  }

  /** Reads from the jar that is open already: the URL would open it a second time. */
  @Override
  public InputStream getResourceAsStream(String name) {
    try {
      JarEntry entry = jar.getJarEntry(FOLDER + name);
      return entry == null ? super.getResourceAsStream(name) : jar.getInputStream(entry);
    } catch (IOException unreadable) {
      return null;
    }
  }

  /** Nothing can be loaded from it any more. */
  @Override
  public void close() throws IOException {
    jar.close();
  }
}
