package io.mmapscope.agent.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Says in a few words where spans and metrics go, for the agent's start-up line: {@code OTLP http://localhost:4318},
 * {@code Zipkin http://localhost:9411/api/v2/spans, Prometheus localhost:9464}, {@code console}, {@code no exporter}.
 * Reads OpenTelemetry's own properties and variables, and nothing of its SDK, which is not there before {@code main}.
 */
public final class ExporterSummary {

  private static final String DEFAULT_OTLP = "http://localhost:4318";
  private static final String DEFAULT_ZIPKIN = "http://localhost:9411/api/v2/spans";

  private final Settings settings;
  private final Map<?, ?> properties;
  private final Map<String, String> environment;
  private final List<String> parts = new ArrayList<>();

  private ExporterSummary(Settings settings, Map<?, ?> properties, Map<String, String> environment) {
    this.settings = settings;
    this.properties = properties;
    this.environment = environment;
  }

  /**
   * Returns the summary. Never throws, and says nothing of whether anybody listens at these addresses.
   *
   * @param settings the agent's
   * @param properties e.g. {@link System#getProperties()}
   * @param environment e.g. {@link System#getenv()}
   */
  public static String of(Settings settings, Map<?, ?> properties, Map<String, String> environment) {
    return new ExporterSummary(settings, properties, environment).text();
  }

  private String text() {
    if ("true".equalsIgnoreCase(get("otel.sdk.disabled"))) {
      return "no exporter (OTEL_SDK_DISABLED)";
    }
    String traces = settings.tracesExporter();
    if (traces.equals("otlp")) {
      add(Text.of("OTLP ", otlp("otel.exporter.otlp.traces.endpoint")));
    } else if (traces.equals("zipkin")) {
      add(Text.of("Zipkin ", getOr("otel.exporter.zipkin.endpoint", DEFAULT_ZIPKIN)));
    } else if (traces.equals("console")) {
      add("console");
    }
    for (String metrics : settings.metricsExporters()) {
      addMetrics(metrics);
    }
    return parts.isEmpty() ? "no exporter" : String.join(", ", parts);
  }

  private void addMetrics(String exporter) {
    if (exporter.equals("otlp")) {
      add(Text.of("OTLP ", otlp("otel.exporter.otlp.metrics.endpoint")));
    } else if (exporter.equals("prometheus")) {
      add(
          Text.of(
              "Prometheus ",
              getOr("otel.exporter.prometheus.host", "localhost"),
              ":",
              getOr("otel.exporter.prometheus.port", "9464")));
    } else if (exporter.equals("console")) {
      add("console");
    }
  }

  private void add(String part) {
    if (!parts.contains(part)) {
      parts.add(part);
    }
  }

  private String otlp(String signalEndpoint) {
    return getOr(signalEndpoint, getOr("otel.exporter.otlp.endpoint", DEFAULT_OTLP));
  }

  private String getOr(String name, String otherwise) {
    String value = get(name);
    return value == null ? otherwise : value;
  }

  /** As OpenTelemetry looks it up: the system property, else the variable in upper case with underscores. */
  private String get(String name) {
    String value = shown(properties.get(name));
    return value != null ? value : shown(environment.get(variable(name)));
  }

  private static String variable(String name) {
    StringBuilder variable = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      variable.append(c == '.' || c == '-' ? '_' : Character.toUpperCase(c));
    }
    return variable.toString();
  }

  /** On one line and without the password of a URL, which has no place in a log. */
  private static String shown(Object value) {
    String text = value instanceof String string ? Text.shown(string.strip()) : "";
    int scheme = text.indexOf("://");
    int at = text.lastIndexOf('@');
    if (scheme >= 0 && at > scheme) {
      text = Text.of(text.substring(0, scheme + 3), text.substring(at + 1));
    }
    return text.isEmpty() ? null : text;
  }
}
