package io.mmapscope.agent.instrument;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Weaves the class that keeps the current trace context of each copy of OpenTelemetry that the application loads, so
 * that the kernel finds it in the thread's slot. Every other class costs a comparison of the name's end.
 */
public final class ContextWatcher implements ClassFileTransformer {

  private static final String STORAGE = "ThreadLocalContextStorage";
  private static final String SCOPE = STORAGE + "$ScopeImpl";

  /** Joined at run time, as in {@code SpanReader}: the agent's own copy is renamed when the jar is made. */
  private static final String ROOT = String.join("/", "io", "opentelemetry", "");

  private static final String CONTEXT = ROOT + "context/";

  /** The application's own copies, and the one that the OpenTelemetry Java agent has in the boot loader. */
  private static final Set<String> NAMES =
      Set.of(
          CONTEXT + STORAGE,
          CONTEXT + SCOPE,
          ROOT + "javaagent/shaded/" + CONTEXT + STORAGE,
          ROOT + "javaagent/shaded/" + CONTEXT + SCOPE);

  private static final String VIRTUAL_THREAD = "java/lang/VirtualThread";

  private final MmapscopeRuntime agent;
  private final BiConsumer<String, Throwable> failures;
  /** Set once there is a copy of OpenTelemetry whose contexts virtual threads could have. */
  private volatile boolean used;
  private volatile boolean mountsFollowed;

  /**
   * @param agent for which contexts are followed
   * @param failures told where something failed
   */
  public ContextWatcher(MmapscopeRuntime agent, BiConsumer<String, Throwable> failures) {
    this.agent = agent;
    this.failures = failures;
  }

  /** Starts watching, and weaves what is loaded already. */
  public void install(Instrumentation instrumentation) {
    MmapscopeContexts.start(agent);
    instrumentation.addTransformer(this, true);
    retransformLoaded(instrumentation);
  }

  /** Whether {@link #followMounts} has something to do. */
  public boolean due() {
    return used && !mountsFollowed;
  }

  /**
   * Once OpenTelemetry is there, weaves what mounts virtual threads. For the agent's thread, soon: where it is not done
   * yet, a page fault of a virtual thread is in no trace, and counted.
   */
  public void followMounts(Instrumentation instrumentation) {
    if (!due()) {
      return;
    }
    mountsFollowed = true;
    retransformMounts(instrumentation);
  }

  private void retransformMounts(Instrumentation instrumentation) {
    try {
      Class<?> virtualThread = Class.forName(VIRTUAL_THREAD.replace('/', '.'), false, null);
      MmapscopeMounts.prepare();
      instrumentation.retransformClasses(virtualThread);
    } catch (ClassNotFoundException beforeJdk21) {
      // Then there are none to follow.
    } catch (Throwable failure) {
      failed(VIRTUAL_THREAD, failure);
    }
  }

  /** Ends it: no thread has a trace from now on, and the classes get their own code back. */
  public void leave(Instrumentation instrumentation) {
    used = false;
    MmapscopeContexts.stop(agent);
    instrumentation.removeTransformer(this);
    retransformLoaded(instrumentation);
    if (mountsFollowed) {
      retransformMounts(instrumentation);
    }
  }

  /** All at once: an attach that is followed by a close that is not would leave a trace behind. */
  private void retransformLoaded(Instrumentation instrumentation) {
    List<Class<?>> loaded = new ArrayList<>();
    for (Class<?> type : instrumentation.getAllLoadedClasses()) {
      if (matches(type.getName().replace('.', '/'))) {
        loaded.add(type);
      }
    }
    if (!loaded.isEmpty()) {
      try {
        instrumentation.retransformClasses(loaded.toArray(new Class<?>[0]));
      } catch (Throwable failure) {
        stop(loaded.get(0).getName(), failure);
      }
    }
  }

  private static boolean matches(String name) {
    return (name.endsWith(STORAGE) || name.endsWith(SCOPE)) && NAMES.contains(name);
  }

  @Override
  public byte[] transform(
      ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain, byte[] classFile) {
    if (name == null || !matches(name)) {
      return VIRTUAL_THREAD.equals(name) && loader == null && mountsFollowed ? weaveMounts(classFile) : null;
    }
    used = true;
    try {
      return ContextWeaver.weave(classFile);
    } catch (Throwable failure) {
      stop(name, failure);
      return null;
    }
  }

  /** Without it virtual threads are left out: nothing else is to be undone. */
  private byte[] weaveMounts(byte[] classFile) {
    try {
      return MountWeaver.weave(classFile);
    } catch (Throwable failure) {
      failed(VIRTUAL_THREAD, failure);
      return null;
    }
  }

  private void stop(String className, Throwable failure) {
    MmapscopeContexts.stop(agent);
    failed(className, failure);
  }

  private void failed(String className, Throwable failure) {
    failures.accept("weave", new IllegalStateException(className + ": " + failure, failure));
  }
}
