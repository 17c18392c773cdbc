package io.mmapscope.agent;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.runtime.ObjectMethods;

/**
 * Places in the JDK that remember the class they were last used with. Each would keep one of the agent's classes, and
 * with it the agent's loader, until somebody else comes by.
 */
final class JdkCaches {

  private JdkCaches() {}

  /**
   * Has them remember a class of the JDK instead. The code of a record's equals, hashCode and toString is made from
   * method handles in {@code java.lang.runtime.ObjectMethods}, and before JDK 21 each of those ({@code
   * MethodHandle.asTypeCache}) keeps the record's or component's class that it was last adapted to.
   */
  static void forget() throws Exception {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    MethodHandle component = lookup.findVirtual(String.class, "strip", MethodType.methodType(String.class));
    try {
      forget(lookup, "equals", MethodType.methodType(boolean.class, String.class, Object.class), component);
      forget(lookup, "hashCode", MethodType.methodType(int.class, String.class), component);
      forget(lookup, "toString", MethodType.methodType(String.class, String.class), component);
    } catch (Throwable changed) {
      throw new IllegalStateException("java.lang.runtime.ObjectMethods is not as it was: " + changed, changed);
    }
  }

  private static void forget(MethodHandles.Lookup lookup, String method, MethodType type, MethodHandle component)
      throws Throwable {
    ObjectMethods.bootstrap(lookup, method, type, String.class, "component", component);
  }
}
