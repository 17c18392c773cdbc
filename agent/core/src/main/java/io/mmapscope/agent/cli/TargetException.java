package io.mmapscope.agent.cli;

/** A command could not be carried out in the target JVM; the message says why and what to do. */
final class TargetException extends Exception {

  private static final long serialVersionUID = 1;

  TargetException(String message) {
    super(message);
  }

  TargetException(String message, Throwable cause) {
    super(message, cause);
  }
}
