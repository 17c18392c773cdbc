package io.mmapscope.agent.model;

import java.util.List;

/**
 * A place in the application's code: the first frame that is neither the JDK's nor the agent's. Interned by the
 * agent, so two operations from the same place have the same {@code id}. Immutable, safe for any thread.
 *
 * @param id number of the interned site, from 1; 0 is {@link #UNKNOWN}
 * @param className fully qualified class name, as {@link Class#getName()} spells it
 * @param methodName method name
 * @param fileName source file, or null where the class has no such attribute
 * @param line source line, or a negative number where unknown
 */
public record CallSite(int id, String className, String methodName, String fileName, int line) {

  /** No application frame: a JVM thread, a cleaner, a native call outside any operation, or one before the agent. */
  public static final CallSite UNKNOWN = new CallSite(0, "", "", null, -1);

  /** Returns true where there is an application frame. */
  public boolean known() {
    return id != 0;
  }

  /** Returns {@code class.method}, the form of OpenTelemetry's {@code code.function.name}; empty when unknown. */
  public String functionName() {
    return known() ? className + "." + methodName : "";
  }

  /** An application frame with the frames that called it, innermost first, as many as {@code stack.depth} keeps. */
  public record Stack(List<StackTraceElement> frames) {
    public static final Stack NONE = new Stack(List.of());
  }
}
