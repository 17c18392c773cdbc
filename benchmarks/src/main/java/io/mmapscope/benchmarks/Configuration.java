package io.mmapscope.benchmarks;

/** How a measured JVM is run. */
enum Configuration {
  WITHOUT("without agent", null),
  NO_EXPORTER("agent, no exporter", "traces.exporter=none;metrics.exporter=none"),
  OTLP("agent, OTLP", "traces.exporter=otlp;metrics.exporter=otlp"),
  KERNEL_OFF("agent, kernel=off", "traces.exporter=none;metrics.exporter=none;kernel=off");

  private final String title;
  private final String settings;

  Configuration(String title, String settings) {
    this.title = title;
    this.settings = settings;
  }

  String title() {
    return title;
  }

  /** The agent's argument, or null for no agent. */
  String settings() {
    return settings;
  }
}
