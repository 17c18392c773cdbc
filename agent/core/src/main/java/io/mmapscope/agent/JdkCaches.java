package io.mmapscope.agent;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Proxy;
import java.lang.runtime.ObjectMethods;
import java.net.URL;
import java.net.URLClassLoader;

/**
 * Places in the JDK that remember the class they were last used with. Each would keep one of the agent's classes, and
 * with it the agent's loader, until somebody else comes by.
 */
final class JdkCaches {

  /** With the system's loader, and there for good: the JVM has put it on the class path. */
  private static final String STAYS = "io.mmapscope.launcher.Launcher";

  private JdkCaches() {}

  /**
   * Has them remember classes that do no harm instead. The code of a record's equals, hashCode and toString is made from
   * method handles in {@code java.lang.runtime.ObjectMethods}, each of which keeps the record's or component's class that
   * it was last adapted to ({@code MethodHandle.asTypeCache}). Since JDK 21 a class of a loader of the application's own
   * making is kept softly and in a place of its own, so there another one of that sort has to take it.
   */
  static void forget() throws ClassNotFoundException {
    Class<?> small =
        Proxy.newProxyInstance(new URLClassLoader(new URL[0], null), new Class<?>[] {Runnable.class}, (p, m, a) -> null)
            .getClass();
    forget(small);
    forget(Class.forName(STAYS, false, ClassLoader.getSystemClassLoader()));
  }

  private static void forget(Class<?> other) {
    MethodHandle component = MethodHandles.identity(other);
    try {
      forget(other, "equals", MethodType.methodType(boolean.class, other, Object.class), component);
      forget(other, "hashCode", MethodType.methodType(int.class, other), component);
      forget(other, "toString", MethodType.methodType(String.class, other), component);
    } catch (Throwable changed) {
      throw new IllegalStateException("java.lang.runtime.ObjectMethods is not as it was: " + changed, changed);
    }
  }

  private static void forget(Class<?> other, String method, MethodType type, MethodHandle component) throws Throwable {
    ObjectMethods.bootstrap(MethodHandles.lookup(), method, type, other, "component", component);
  }
}
