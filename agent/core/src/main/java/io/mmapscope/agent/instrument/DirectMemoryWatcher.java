package io.mmapscope.agent.instrument;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Weaves the JDK's classes through which direct buffers and arenas get their memory, once the application uses them: a
 * program without any pays nothing. The class that gives memory back is loaded with the first allocation and woven then;
 * the one that gets it only after that, so that what is told of is also told to be gone.
 */
public final class DirectMemoryWatcher implements ClassFileTransformer {

  /** What frees, and what allocates: direct buffers; arenas of JDK 22 and later, of JDK 17 to 21. */
  private static final Map<String, String> CLASSES =
      Map.of(
          "java/nio/DirectByteBuffer$Deallocator", "java/nio/DirectByteBuffer",
          "jdk/internal/foreign/SegmentFactories$1", "jdk/internal/foreign/SegmentFactories",
          "jdk/internal/foreign/NativeMemorySegmentImpl$1", "jdk/internal/foreign/NativeMemorySegmentImpl");

  private final BiConsumer<String, Throwable> failures;
  private final Set<String> wanted = ConcurrentHashMap.newKeySet();
  private final Set<String> woven = ConcurrentHashMap.newKeySet();
  private volatile boolean due;
  private volatile boolean ended;

  /** @param failures told where something failed */
  public DirectMemoryWatcher(BiConsumer<String, Throwable> failures) {
    this.failures = failures;
  }

  /** Starts watching. Memory allocated before is not known. */
  public void install(Instrumentation instrumentation) {
    instrumentation.addTransformer(this, true);
    for (Class<?> type : instrumentation.getAllLoadedClasses()) {
      if (type.getClassLoader() == null && CLASSES.containsKey(internalName(type))) {
        retransform(instrumentation, type);
      }
    }
  }

  /** Whether {@link #follow} has something to do. */
  public boolean due() {
    return due;
  }

  /** Weaves what allocates, where what frees was woven. For the agent's thread. */
  public void follow(Instrumentation instrumentation) {
    due = false;
    for (String name : wanted) {
      if (!ended && !woven.contains(name)) {
        try {
          retransform(instrumentation, Class.forName(name.replace('/', '.'), false, null));
        } catch (ClassNotFoundException impossible) {
          failed(name, impossible);
        }
      }
    }
  }

  /** Ends it: at the application's exit nothing is woven any more. */
  public void end() {
    ended = true;
  }

  /** Ends it, and gives the classes their own code back. */
  public void leave(Instrumentation instrumentation) {
    end();
    instrumentation.removeTransformer(this);
    for (Class<?> type : instrumentation.getAllLoadedClasses()) {
      if (type.getClassLoader() == null && woven.contains(internalName(type))) {
        retransform(instrumentation, type);
      }
    }
  }

  private static String internalName(Class<?> type) {
    return type.getName().replace('.', '/');
  }

  private void retransform(Instrumentation instrumentation, Class<?> type) {
    try {
      instrumentation.retransformClasses(type);
    } catch (Throwable failure) {
      failed(type.getName(), failure);
    }
  }

  @Override
  public byte[] transform(
      ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] classFile) {
    if (ended || loader != null || name == null || !CLASSES.containsKey(name) && !wanted.contains(name)) {
      return null;
    }
    try {
      byte[] result = DirectMemoryWeaver.weave(classFile);
      if (result != null) {
        woven.add(name);
      }
      if (result != null && CLASSES.containsKey(name)) {
        wanted.add(CLASSES.get(name));
        due = true;
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
}
