package io.mmapscope.e2e;

import java.util.List;
import java.util.Map;

/** What a collector received, decoded. Attribute values are strings, longs, doubles, booleans or lists of them. */
final class Received {

  private Received() {}

  /** A span. Ids are hexadecimal; {@code parentSpanId} is empty for a root. Times are Unix nanoseconds. */
  record Span(
      String traceId,
      String spanId,
      String parentSpanId,
      String scope,
      String name,
      long startNanos,
      long endNanos,
      Map<String, Object> attributes,
      List<Event> events,
      boolean error) {

    String text(String attribute) {
      return (String) attributes.get(attribute);
    }

    /** The attribute's number, or null where it is not there. */
    Long number(String attribute) {
      return (Long) attributes.get(attribute);
    }

    /** The attribute {@code mmap.address} as a number. */
    long address() {
      return Long.parseUnsignedLong(text("mmap.address").substring(2), 16);
    }

    /** The kernel's calls, without those by which the JVM grows its own memory while the operation runs. */
    List<Event> calls() {
      return events.stream().filter(event -> !event.growsMemory()).toList();
    }
  }

  /** An event of a span: a system call. */
  record Event(String name, long nanos, Map<String, Object> attributes) {

    String arguments() {
      return (String) attributes.get("mmap.syscall.args");
    }

    String result() {
      return (String) attributes.get("mmap.syscall.result");
    }

    private boolean growsMemory() {
      return name.equals("mprotect") || name.equals("mmap") && arguments().contains("MAP_ANONYMOUS");
    }
  }

  /**
   * One point of a metric.
   *
   * @param delta whether values of successive points are to be added up; else the last one counts
   * @param value of a gauge or a sum; of a histogram, the number of values
   */
  record Point(String metric, String unit, boolean delta, Map<String, Object> attributes, double value) {}
}
