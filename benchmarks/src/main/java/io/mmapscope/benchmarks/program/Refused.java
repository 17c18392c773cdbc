package io.mmapscope.benchmarks.program;

import java.lang.reflect.Field;
import java.lang.reflect.Method;

/**
 * How many operations the agent in this JVM refused because its queue was full. Needs {@code
 * --add-opens=java.base/java.lang=ALL-UNNAMED}.
 */
final class Refused {

  private final Object cells;
  private final Method refused;

  Refused() throws ReflectiveOperationException {
    Object found = null;
    Method method = null;
    try {
      Field field = Class.forName("java.lang.MmapscopeGate").getDeclaredField("cells");
      field.setAccessible(true);
      found = field.get(null);
      method = found.getClass().getMethod("refused");
    } catch (ClassNotFoundException noAgent) {
      // Then nothing is refused.
    }
    this.cells = found;
    this.refused = method;
  }

  long count() throws ReflectiveOperationException {
    return cells == null ? 0 : (long) refused.invoke(cells);
  }
}
