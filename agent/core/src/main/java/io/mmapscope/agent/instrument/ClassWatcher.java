package io.mmapscope.agent.instrument;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;

/**
 * Looks at the name of each class that is loaded and passes on the few that matter: the JDK's own to weave, libraries'
 * to weave, and the sign that the application has a tracing API. For every other class it costs one hash look-up.
 */
public final class ClassWatcher implements ClassFileTransformer {

  /** The JDK's classes through which all mapping operations go, on JDK 17 and, the last one, 21 and later. */
  private static final Set<String> JDK =
      Set.of(
          "sun/nio/ch/FileChannelImpl",
          "sun/nio/ch/FileChannelImpl$Unmapper",
          "java/nio/MappedMemoryUtils",
          "sun/nio/ch/UnixFileDispatcherImpl");

  /** The JDK's classes whose methods only end an announcement, see {@link CallSiteWeaver}. */
  private static final Set<String> JDK_ANNOUNCED = Set.of("java/nio/MappedByteBuffer", "sun/misc/Unsafe");

  private final LibraryMethods libraries;
  private final CallSiteWeaver callSites;
  private final Set<String> woven = ConcurrentHashMap.newKeySet();
  private final CountDownLatch wanted = new CountDownLatch(1);
  private final BiConsumer<String, ClassLoader> tracingFound;
  private final Set<String> tracing;
  private final BiConsumer<String, Throwable> failures;
  private Weaver weaver;
  private volatile boolean ended;

  /**
   * @param libraries the setting {@code operations}
   * @param sites numbers the call sites that are announced
   * @param tracing internal names of the classes that tell of a tracing API
   * @param tracingFound told the name and loader of such a class while it is being loaded
   * @param failures told where something failed
   */
  public ClassWatcher(
      LibraryMethods libraries,
      CallSiteNumbers sites,
      Set<String> tracing,
      BiConsumer<String, ClassLoader> tracingFound,
      BiConsumer<String, Throwable> failures) {
    this.libraries = libraries;
    this.callSites = new CallSiteWeaver(sites);
    this.tracing = tracing;
    this.tracingFound = tracingFound;
    this.failures = failures;
  }

  /** Starts watching, and weaves the mapping operations where their classes are loaded already. */
  public void install(Instrumentation instrumentation) {
    instrumentation.addTransformer(this, true);
    for (Class<?> type : instrumentation.getAllLoadedClasses()) {
      String name = type.getName().replace('.', '/');
      if (tracing.contains(name)) {
        tracingFound.accept(name, type.getClassLoader());
      } else if (type.getClassLoader() == null && JDK.contains(name) || libraries.names(type.getName())) {
        retransform(instrumentation, type);
      }
    }
  }

  /**
   * Waits for the first class that names a mapping type, then loads and weaves what is not yet, so that Byte Buddy's
   * 300 ms are not spent in the application's first map, and lets call sites be announced. An application without such
   * a class never pays for Byte Buddy. For a thread of the agent's.
   *
   * @throws InterruptedException where the thread is to end
   */
  public void complete(Instrumentation instrumentation) throws InterruptedException {
    wanted.await();
    JDK.forEach(ClassWatcher::load);
    for (String name : JDK_ANNOUNCED) {
      Class<?> type = load(name);
      if (type != null && !woven.contains(name)) {
        retransform(instrumentation, type);
      }
    }
    if (woven.containsAll(JDK_ANNOUNCED) && woven.contains("sun/nio/ch/FileChannelImpl")) {
      MmapscopeHooks.announce();
    }
  }

  /**
   * Ends it: at the application's exit nothing is woven any more. On JDK 25 the exporters' first connection would load
   * {@code FileChannelImpl}, and a program that never mapped anything would pay for Byte Buddy with its last breath.
   */
  public void end() {
    ended = true;
  }

  /** Ends it, and gives the classes that were woven their own code back. */
  public void leave(Instrumentation instrumentation) {
    end();
    instrumentation.removeTransformer(this);
    for (Class<?> type : instrumentation.getAllLoadedClasses()) {
      if (woven.contains(type.getName().replace('.', '/'))) {
        retransform(instrumentation, type);
      }
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name.replace('/', '.'), false, null);
    } catch (ClassNotFoundException notInThisJdk) {
      // UnixFileDispatcherImpl came with JDK 21; a small runtime image may lack jdk.unsupported.
      return null;
    }
  }

  private void retransform(Instrumentation instrumentation, Class<?> type) {
    try {
      instrumentation.retransformClasses(type);
    } catch (Throwable failure) {
      failed(type.getName(), failure);
    }
  }

  private static boolean isJdk(String name, ClassLoader loader) {
    return loader == null && (JDK.contains(name) || JDK_ANNOUNCED.contains(name));
  }

  @Override
  public byte[] transform(
      ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] classFile) {
    if (name == null || ended) {
      return null;
    }
    try {
      if (isJdk(name, loader)) {
        wanted.countDown();
        byte[] result = weaver().weaveJdk(name.replace('/', '.'), classFile);
        woven.add(name);
        return result;
      }
      if (tracing.contains(name)) {
        tracingFound.accept(name, loader);
        return null;
      }
      byte[] result = isApplication(loader) ? weaveApplication(loader, name.replace('/', '.'), classFile) : null;
      if (result != null) {
        woven.add(name);
      }
      return result;
    } catch (Throwable failure) {
      failed(name, failure);
      return null;
    }
  }

  private void failed(String className, Throwable failure) {
    failures.accept("weave", new IllegalStateException(className + ": " + failure, failure));
  }

  private boolean isApplication(ClassLoader loader) {
    return loader != null && loader != ClassLoader.getPlatformClassLoader() && loader != getClass().getClassLoader();
  }

  private byte[] weaveApplication(ClassLoader loader, String className, byte[] classFile) {
    byte[] announced = null;
    if (ConstantPool.namesMappingType(classFile)) {
      wanted.countDown();
      announced = callSites.weave(classFile);
    }
    byte[] library =
        libraries.names(className)
            ? weaver().weaveLibrary(className, announced == null ? classFile : announced, loader, libraries)
            : null;
    return library == null ? announced : library;
  }

  private synchronized Weaver weaver() {
    if (weaver == null) {
      weaver = new Weaver();
    }
    return weaver;
  }
}
