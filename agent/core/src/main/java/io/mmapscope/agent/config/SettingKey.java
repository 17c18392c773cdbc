package io.mmapscope.agent.config;

import java.util.List;
import java.util.Locale;

/** Every setting there is: the one place where a key, its default, its choices and its meaning are declared. */
public enum SettingKey {
  ENABLED("enabled", "true", null, "`false` leaves the agent out altogether", List.of("true", "false")),
  TRACES_EXPORTER(
      "traces.exporter",
      "otlp",
      "OTEL_TRACES_EXPORTER",
      "where spans go: `otlp`, `zipkin`, `console`, `none`",
      List.of("otlp", "zipkin", "console", "none")),
  METRICS_EXPORTER(
      "metrics.exporter",
      "otlp",
      "OTEL_METRICS_EXPORTER",
      "where metrics go: `otlp`, `prometheus`, `console`, `none`; a comma list is allowed",
      List.of("otlp", "prometheus", "console", "none")),
  SPAN_MIN_DURATION(
      "span.min-duration",
      "1ms",
      null,
      "an operation that is no part of a sampled trace becomes a span only when it takes at least this long;"
          + " within a sampled trace each one does",
      List.of()),
  FAULT_MIN_DURATION(
      "fault.min-duration",
      "1ms",
      null,
      "a single page fault that blocks at least this long becomes a span",
      List.of()),
  STACK_DEPTH("stack.depth", "16", null, "frames kept for a call site; `0` keeps the call site only", List.of()),
  OPERATIONS(
      "operations",
      "",
      null,
      "`com.acme.Native#open,com.acme.Db#remap*`: methods of libraries that map through native code;"
          + " kernel calls made while one runs are theirs",
      List.of()),
  QUEUE_SIZE(
      "queue.size",
      "65536",
      null,
      "operations that may wait for the agent's thread; beyond it they are counted as lost",
      List.of()),
  CALLSITES_MAX(
      "callsites.max", "200", null, "distinct call sites kept as metric tags, the rest is `other`", List.of()),
  FILE_PATHS(
      "file.paths",
      "full",
      null,
      "what of a file's path leaves the process: `full`, `name`, `hash`, `none`",
      List.of("full", "name", "hash", "none")),
  KERNEL("kernel", "auto", null, "`off` loads no BPF program", List.of("auto", "off"));

  /** Prefix of the system properties. */
  public static final String PROPERTY_PREFIX = "mmapscope.";

  /** Prefix of the environment variables. */
  public static final String VARIABLE_PREFIX = "MMAPSCOPE_";

  /** A switch to find faults with, no setting: the kernel package reads it, docs/troubleshooting.md tells of it. */
  private static final String HOOKS_WITHOUT = "hooks.without";

  private final String key;
  private final String defaultValue;
  private final String sharedVariable;
  private final String meaning;
  private final List<String> choices;

  SettingKey(String key, String defaultValue, String sharedVariable, String meaning, List<String> choices) {
    this.key = key;
    this.defaultValue = defaultValue;
    this.sharedVariable = sharedVariable;
    this.meaning = meaning;
    this.choices = choices;
  }

  /** The name in the agent's argument. */
  public String key() {
    return key;
  }

  /** The value where none is given, as it would be written; empty for an empty list. */
  public String defaultValue() {
    return defaultValue;
  }

  /** OpenTelemetry's environment variable that comes before the default, or null. */
  public String sharedVariable() {
    return sharedVariable;
  }

  /** OpenTelemetry's system property that comes before the default, or null. */
  public String sharedProperty() {
    return sharedVariable == null ? null : sharedVariable.toLowerCase(Locale.ROOT).replace('_', '.');
  }

  /** One sentence in Markdown, as in {@code docs/configuration.md}. */
  public String meaning() {
    return meaning;
  }

  /** The values allowed, or an empty list where they cannot be listed. */
  public List<String> choices() {
    return choices;
  }

  /** The system property, e.g. {@code mmapscope.stack.depth}. */
  public String property() {
    return PROPERTY_PREFIX.concat(key);
  }

  /** Whether a system property or environment variable is ours though it is no setting. */
  static boolean isSwitch(String name) {
    return name.equals(PROPERTY_PREFIX.concat(HOOKS_WITHOUT)) || name.equals(VARIABLE_PREFIX.concat("HOOKS_WITHOUT"));
  }

  /** The environment variable, e.g. {@code MMAPSCOPE_STACK_DEPTH}. */
  public String variable() {
    return VARIABLE_PREFIX.concat(key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'));
  }
}
