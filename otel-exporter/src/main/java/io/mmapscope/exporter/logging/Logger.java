package io.mmapscope.exporter.logging;

/** Logs nothing. */
public final class Logger {

  private final String name;

  private Logger(String name) {
    this.name = name;
  }

  public static Logger getLogger(String name) {
    return new Logger(name);
  }

  public String getName() {
    return name;
  }

  public boolean isLoggable(Level level) {
    return false;
  }

  public void log(Level level, String message) {}

  public void log(Level level, String message, Object parameter) {}

  public void log(Level level, String message, Object[] parameters) {}

  public void log(Level level, String message, Throwable thrown) {}

  public void log(LogRecord entry) {}

  public void fine(String message) {}

  public void info(String message) {}

  public void warning(String message) {}
}
