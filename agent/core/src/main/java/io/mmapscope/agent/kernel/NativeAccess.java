package io.mmapscope.agent.kernel;

import java.lang.instrument.Instrumentation;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.util.Map;
import java.util.Set;

/**
 * Lets JNA load and bind native code without a warning on JDK 24 and later (JEP 472), and without giving the same right
 * to the application.
 *
 * <p>The JDK keeps that right by named module, or once for all unnamed modules of the JVM together. So JNA's packages
 * become a named module of the agent's class loader, and that module alone is given it. A module for a given loader is
 * made by {@code java.lang.Module}'s own constructor, as the JDK makes those of its proxies; a {@code ModuleLayer} would
 * do it too, but resolves the whole module graph first.
 */
public final class NativeAccess {

  private static final int FIRST_JDK_THAT_WARNS = 24;
  private static final Set<String> JNA =
      Set.of("com.sun.jna", "com.sun.jna.internal", "com.sun.jna.ptr", "com.sun.jna.win32");

  private NativeAccess() {}

  /**
   * Gives JNA native access. To be called before the first class of JNA is loaded by this class's loader; does nothing on
   * a JDK that does not warn.
   *
   * @throws ReflectiveOperationException where this JDK keeps the right in another way: JNA works all the same, with the
   *     JDK's warning
   */
  public static void enable(Instrumentation instrumentation) throws ReflectiveOperationException {
    if (Runtime.version().feature() < FIRST_JDK_THAT_WARNS) {
      return;
    }
    Module base = Object.class.getModule();
    instrumentation.redefineModule(
        base, Set.of(), Map.of(), Map.of("java.lang", Set.of(NativeAccess.class.getModule())), Set.of(), Map.of());
    try {
      enable(MethodHandles.privateLookupIn(Module.class, MethodHandles.lookup()));
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw new ReflectiveOperationException(e);
    }
  }

  private static void enable(MethodHandles.Lookup inModule) throws Throwable {
    ModuleDescriptor descriptor = ModuleDescriptor.newOpenModule("io.mmapscope.jna").packages(JNA).build();
    Module jna =
        (Module)
            inModule
                .findConstructor(
                    Module.class,
                    MethodType.methodType(
                        void.class, ModuleLayer.class, ClassLoader.class, ModuleDescriptor.class, URI.class))
                .invoke((ModuleLayer) null, NativeAccess.class.getClassLoader(), descriptor, (URI) null);
    inModule.findVirtual(Module.class, "implAddReadsAllUnnamed", MethodType.methodType(void.class)).invoke(jna);
    for (String name : new String[] {"java.logging", "java.desktop"}) {
      ModuleLayer.boot().findModule(name).ifPresent(each -> reads(inModule, jna, each));
    }
    inModule.findVirtual(Module.class, "implAddEnableNativeAccess", MethodType.methodType(Module.class)).invoke(jna);
  }

  private static void reads(MethodHandles.Lookup inModule, Module jna, Module other) {
    try {
      inModule
          .findVirtual(Module.class, "implAddReads", MethodType.methodType(void.class, Module.class))
          .invoke(jna, other);
    } catch (Throwable e) {
      throw new IllegalStateException("cannot let JNA read " + other, e);
    }
  }
}
