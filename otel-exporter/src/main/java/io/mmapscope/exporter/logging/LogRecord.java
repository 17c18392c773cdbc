package io.mmapscope.exporter.logging;

/** What is not logged. */
public final class LogRecord {

  public LogRecord(Level level, String message) {}

  public void setLoggerName(String name) {}

  public void setSourceClassName(String className) {}

  public void setSourceMethodName(String methodName) {}

  public void setThrown(Throwable thrown) {}
}
