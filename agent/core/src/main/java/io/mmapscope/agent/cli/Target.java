package io.mmapscope.agent.cli;

/** The JVM that a command is about: an interface so that commands can be tested without one. */
interface Target {

  /**
   * Has the JVM do something.
   *
   * @param pid its process id, in this process's PID namespace
   * @param request one of {@code Exchange}'s
   * @param argument of the request
   * @return what it says
   * @throws TargetException where it does not
   */
  String ask(long pid, String request, String argument) throws TargetException;
}
