package io.mmapscope.agent.instrument;

/** Numbers call sites: the same number for the same place. Called on threads that load classes. */
@FunctionalInterface
public interface CallSiteNumbers {

  /**
   * @param className fully qualified
   * @param file the source file, or null
   * @param line a negative number where the class says none
   */
  int number(String className, String method, String file, int line);
}
