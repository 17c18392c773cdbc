package io.mmapscope.exporter;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import io.opentelemetry.sdk.autoconfigure.spi.internal.DefaultConfigProperties;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * OpenTelemetry's own settings as far as they are the agent's business: where to send, and as whom. Everything else
 * under {@code otel.} is left unread, because it may be meant for the OpenTelemetry agent or the application's SDK in
 * the same JVM, and a value that only those understand must not stop this exporter.
 */
public final class OtelSettings {

  /** What is read; a name that ends in a dot stands for all that begin with it. */
  private static final List<String> READ =
      List.of(
          "otel.sdk.disabled",
          "otel.service.name",
          "otel.resource.attributes",
          "otel.exporter.otlp.",
          "otel.exporter.zipkin.",
          "otel.exporter.prometheus.",
          "otel.metric.export.interval",
          "otel.java.exporter.otlp.retry.disabled");

  /** Of those: what has one value here, whatever was set. */
  private static final List<String> IGNORED =
      List.of(
          "otel.exporter.otlp.metrics.temporality.preference",
          "otel.exporter.otlp.metrics.default.histogram.aggregation");

  private static final List<String> PROTOCOLS =
      List.of(
          "otel.exporter.otlp.protocol",
          "otel.exporter.otlp.traces.protocol",
          "otel.exporter.otlp.metrics.protocol");

  private static final String PROTOCOL = "http/protobuf";

  private final Map<String, String> values;
  private final String refusedProtocol;

  private OtelSettings(Map<String, String> values, String refusedProtocol) {
    this.values = Map.copyOf(values);
    this.refusedProtocol = refusedProtocol;
  }

  /**
   * Reads the settings: a system property ({@code otel.service.name}) before the environment variable
   * ({@code OTEL_SERVICE_NAME}); an empty value counts as not set.
   *
   * @param properties e.g. {@link System#getProperties()}
   * @param environment e.g. {@link System#getenv()}
   */
  public static OtelSettings read(Map<?, ?> properties, Map<String, String> environment) {
    Map<String, String> values = new HashMap<>();
    environment.forEach((name, value) -> put(values, name.toLowerCase(Locale.ROOT).replace('_', '.'), value));
    properties.forEach((name, value) -> put(values, String.valueOf(name).replace('-', '.'), value));
    String refused = null;
    for (String name : PROTOCOLS) {
      String protocol = values.put(name, PROTOCOL);
      if (protocol != null && !protocol.equals(PROTOCOL)) {
        refused = protocol;
      }
    }
    return new OtelSettings(values, refused);
  }

  private static void put(Map<String, String> values, String name, Object value) {
    if (value instanceof String text && !text.isBlank() && isRead(name)) {
      values.put(name, text.strip());
    }
  }

  private static boolean isRead(String name) {
    if (IGNORED.contains(name)) {
      return false;
    }
    for (String read : READ) {
      if (read.endsWith(".") ? name.startsWith(read) : name.equals(read)) {
        return true;
      }
    }
    return false;
  }

  /** Returns true for {@code OTEL_SDK_DISABLED=true}: nothing is to be exported. */
  public boolean disabled() {
    return Boolean.parseBoolean(values.get("otel.sdk.disabled"));
  }

  /** The OTLP protocol that was asked for and is not spoken here, or null. */
  public String refusedProtocol() {
    return refusedProtocol;
  }

  /** The value of this setting, e.g. {@code otel.exporter.zipkin.endpoint}, or the other one. */
  public String get(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  /** The settings as the SDK's parts want them, none of which reads the environment itself. */
  public ConfigProperties asConfigProperties() {
    return DefaultConfigProperties.createFromMap(values);
  }
}
