package io.mmapscope.demo.report;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A span as Zipkin stores it: its name in lower case, attributes as texts, OpenTelemetry's span events as annotations.
 * Immutable.
 *
 * @param parentId the parent's id, or null for a root
 * @param kind {@code SERVER} and so on, or null for an internal span
 * @param startMicros microseconds since 1970
 * @param tags OpenTelemetry's attributes
 */
record ZipkinSpan(
    String traceId,
    String id,
    String parentId,
    String name,
    String kind,
    long startMicros,
    long durationMicros,
    Map<String, String> tags,
    List<Annotation> annotations) {

  /**
   * A span event.
   *
   * @param name its name
   * @param attributes its attributes; empty where Zipkin's text of them is no JSON
   * @param text as Zipkin stores it: {@code "name":{"attribute":"value"}}
   */
  record Annotation(String name, Map<String, Object> attributes, String text) {

    static Annotation of(String text) {
      try {
        for (var event : JSON.std.mapFrom("{" + text + "}").entrySet()) {
          if (event.getValue() instanceof Map<?, ?> attributes) {
            Map<String, Object> named = new HashMap<>();
            attributes.forEach((key, value) -> named.put(key.toString(), value));
            return new Annotation(event.getKey(), named, text);
          }
        }
      } catch (IOException e) {
        // OpenTelemetry's exporter does not escape quotes within values; the name is legible all the same
      }
      int end = text.indexOf("\":");
      return new Annotation(text.startsWith("\"") && end > 0 ? text.substring(1, end) : text, Map.of(), text);
    }
  }

  /**
   * Reads the answer of Zipkin's {@code /api/v2/traces}.
   *
   * @return the traces, each a list of spans
   * @throws IOException where it is no such answer
   */
  static List<List<ZipkinSpan>> parse(String json) throws IOException {
    List<List<ZipkinSpan>> traces = new ArrayList<>();
    for (Object trace : JSON.std.listFrom(json)) {
      if (!(trace instanceof List<?> spans)) {
        throw new IOException("no list of Zipkin traces: " + json.substring(0, Math.min(200, json.length())));
      }
      List<ZipkinSpan> read = new ArrayList<>();
      for (Object span : spans) {
        read.add(of((Map<?, ?>) span));
      }
      traces.add(read);
    }
    return traces;
  }

  /** The attribute, or the empty string where there is no such one. */
  String tag(String key) {
    return tags.getOrDefault(key, "");
  }

  /** The attribute as a number, 0 where there is no such one. */
  double number(String key) {
    String value = tag(key);
    return value.isEmpty() ? 0 : Double.parseDouble(value);
  }

  /** Returns true for a span of the agent rather than of the service. */
  boolean fromAgent() {
    return tag("otel.scope.name").equals("mmapscope");
  }

  boolean isMap() {
    return fromAgent() && name.equalsIgnoreCase("FileChannel.map");
  }

  /** Returns true for a page fault, or for all those of a span together. */
  boolean isFault() {
    return fromAgent() && (name.equals("page_fault") || name.equals("page_faults"));
  }

  /** Returns true where the agent wrote down this system call within the span. */
  boolean hasSyscall(String syscall) {
    return annotations.stream().anyMatch(a -> a.name().equals(syscall) && a.text().contains("mmap.syscall."));
  }

  private static ZipkinSpan of(Map<?, ?> span) {
    Map<String, String> tags = new HashMap<>();
    if (span.get("tags") instanceof Map<?, ?> all) {
      all.forEach((key, value) -> tags.put(key.toString(), value.toString()));
    }
    List<Annotation> annotations = new ArrayList<>();
    if (span.get("annotations") instanceof List<?> all) {
      all.forEach(a -> annotations.add(Annotation.of(text(((Map<?, ?>) a).get("value")))));
    }
    return new ZipkinSpan(
        text(span.get("traceId")),
        text(span.get("id")),
        span.get("parentId") == null ? null : text(span.get("parentId")),
        text(span.get("name")),
        span.get("kind") == null ? null : text(span.get("kind")),
        number(span.get("timestamp")),
        number(span.get("duration")),
        Map.copyOf(tags),
        List.copyOf(annotations));
  }

  private static String text(Object value) {
    return value == null ? "" : value.toString();
  }

  /** Zipkin leaves a duration out that rounds to 0 microseconds. */
  private static long number(Object value) {
    return value instanceof Number number ? number.longValue() : 0;
  }
}
