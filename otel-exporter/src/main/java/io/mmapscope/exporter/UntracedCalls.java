package io.mmapscope.exporter;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Runs exports so that an OpenTelemetry Java agent in the same JVM does not trace their HTTP calls as the
 * application's. That agent has a switch for it, {@code InstrumentationUtil.suppressInstrumentation(Runnable)}, in the
 * boot class loader; without that agent the call is a plain one.
 *
 * <p>Safe for any thread. The agent may come after this one, so it is looked for until found.
 */
public final class UntracedCalls {

  private static volatile MethodHandle suppress;

  private UntracedCalls() {}

  /** Runs it on this thread. */
  public static void run(Runnable body) {
    MethodHandle found = find();
    if (found == null) {
      body.run();
      return;
    }
    try {
      found.invokeExact(body);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle find() {
    MethodHandle found = suppress;
    if (found == null) {
      // Joined at run time: the build moves OpenTelemetry's packages, and would rewrite the name if it stood here.
      String shaded = String.join(".", "io", "opentelemetry", "javaagent", "shaded", "io", "opentelemetry", "api");
      found = find(shaded + ".impl.InstrumentationUtil");
      if (found == null) {
        found = find(shaded + ".internal.InstrumentationUtil");
      }
      suppress = found;
    }
    return found;
  }

  private static MethodHandle find(String className) {
    try {
      Class<?> util = Class.forName(className, true, null);
      MethodType type = MethodType.methodType(void.class, Runnable.class);
      return MethodHandles.publicLookup().findStatic(util, "suppressInstrumentation", type);
    } catch (ReflectiveOperationException | LinkageError e) {
      return null; // not there, or not as it was: then the exports are traced, which is a nuisance and no harm
    }
  }
}
