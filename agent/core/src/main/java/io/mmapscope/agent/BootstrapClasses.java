package io.mmapscope.agent;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;

/**
 * Defines the few classes that java.base must see, in package {@code java.lang}. Appending to the boot class path would
 * do it too, but makes the JVM print a warning and turns class-data sharing off for the application.
 */
final class BootstrapClasses {

  /** In the order in which they need each other. */
  private static final List<String> NAMES =
      List.of(
          "MmapscopeMemory",
          "MmapscopeHex",
          "MmapscopeSpanIds",
          "MmapscopeContext",
          "MmapscopeThread",
          "MmapscopeCells",
          "MmapscopeRuntime",
          "MmapscopeGate",
          "MmapscopeSlot",
          "MmapscopeVirtual",
          "MmapscopeHooks",
          "MmapscopeDirectMemory",
          "MmapscopeMounts",
          "MmapscopeContexts",
          "MmapscopeStorage",
          "MmapscopeStorages");

  private BootstrapClasses() {}

  /**
   * Defines them. Where they are there already, of an agent that has left, they serve again: they cannot be replaced.
   *
   * @throws IllegalStateException where the JVM does not let them in, or where those that are there are of another
   *     build; the message says which
   */
  static void define(Instrumentation instrumentation, ClassLoader resources) {
    Module base = Object.class.getModule();
    Module agent = BootstrapClasses.class.getModule();
    instrumentation.redefineModule(base, Set.of(), Map.of(), Map.of("java.lang", Set.of(agent)), Set.of(), Map.of());
    try {
      MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(Object.class, MethodHandles.lookup());
      boolean there = isDefined("MmapscopeGate");
      CRC32 sum = new CRC32();
      for (String name : NAMES) {
        byte[] classFile = read(resources, name);
        sum.update(classFile);
        if (!isDefined(name)) {
          lookup.defineClass(classFile);
        }
      }
      checkBuild(there, sum.getValue());
    } catch (IllegalAccessException | IOException | LinkageError failure) {
      throw new IllegalStateException("cannot define its classes in java.base: " + failure, failure);
    }
  }

  private static void checkBuild(boolean there, long build) {
    if (there && MmapscopeGate.build != build) {
      throw new IllegalStateException(
          "an agent of another build was in this JVM before, and its classes in java.base cannot be replaced:"
              + " attach that build, or restart the JVM");
    }
    MmapscopeGate.build = build;
  }

  private static boolean isDefined(String name) {
    try {
      Class.forName("java.lang." + name, false, null);
      return true;
    } catch (ClassNotFoundException notYet) {
      return false;
    }
  }

  private static byte[] read(ClassLoader resources, String name) throws IOException {
    try (InputStream in = resources.getResourceAsStream("bootstrap/java/lang/" + name + ".class")) {
      if (in == null) {
        throw new IOException(name + " is missing in the agent's jar");
      }
      return in.readAllBytes();
    }
  }
}
