package io.mmapscope.exporter;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Keeps the libraries' own log lines off the application's stderr: they log through {@code java.util.logging}, whose
 * root handler is the application's. What matters of it is reported through the agent instead. The names follow the
 * libraries' packages, wherever the build moves those, so the application's copies of them log as ever.
 */
final class SilentLoggers {

  /** Held for good, since the log manager holds loggers weakly and a collected one forgets its level. */
  private static final List<Logger> SILENT =
      List.of(
          Logger.getLogger("io.opentelemetry"),
          Logger.getLogger("io.micrometer"),
          Logger.getLogger("io.prometheus"),
          Logger.getLogger("zipkin2"));

  private SilentLoggers() {}

  static void silence() {
    for (Logger logger : SILENT) {
      logger.setLevel(Level.OFF);
      // An application that reads its logging configuration anew resets every level, but not this.
      logger.setUseParentHandlers(false);
    }
  }
}
