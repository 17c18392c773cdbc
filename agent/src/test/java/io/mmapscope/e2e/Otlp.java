package io.mmapscope.e2e;

import com.google.protobuf.ByteString;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** From OTLP's messages, read by the code generated from its own definitions, to {@link Received}. */
final class Otlp {

  private Otlp() {}

  static Received.Span span(String scope, Span span) {
    List<Received.Event> events = new ArrayList<>();
    for (Span.Event event : span.getEventsList()) {
      events.add(
          new Received.Event(event.getName(), event.getTimeUnixNano(), attributes(event.getAttributesList())));
    }
    return new Received.Span(
        hex(span.getTraceId()),
        hex(span.getSpanId()),
        hex(span.getParentSpanId()),
        scope,
        span.getName(),
        span.getStartTimeUnixNano(),
        span.getEndTimeUnixNano(),
        attributes(span.getAttributesList()),
        events,
        span.getStatus().getCode() == Status.StatusCode.STATUS_CODE_ERROR);
  }

  static List<Received.Point> points(Metric metric) {
    List<Received.Point> points = new ArrayList<>();
    for (NumberDataPoint point : metric.getGauge().getDataPointsList()) {
      points.add(point(metric, false, point.getAttributesList(), number(point)));
    }
    for (NumberDataPoint point : metric.getSum().getDataPointsList()) {
      boolean delta = isDelta(metric.getSum().getAggregationTemporality());
      points.add(point(metric, delta, point.getAttributesList(), number(point)));
    }
    boolean deltaHistogram = isDelta(metric.getHistogram().getAggregationTemporality());
    metric
        .getHistogram()
        .getDataPointsList()
        .forEach(point -> points.add(point(metric, deltaHistogram, point.getAttributesList(), point.getCount())));
    boolean deltaExponential = isDelta(metric.getExponentialHistogram().getAggregationTemporality());
    metric
        .getExponentialHistogram()
        .getDataPointsList()
        .forEach(point -> points.add(point(metric, deltaExponential, point.getAttributesList(), point.getCount())));
    return points;
  }

  private static Received.Point point(Metric metric, boolean delta, List<KeyValue> attributes, double value) {
    return new Received.Point(metric.getName(), metric.getUnit(), delta, attributes(attributes), value);
  }

  private static boolean isDelta(AggregationTemporality temporality) {
    return temporality == AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA;
  }

  private static double number(NumberDataPoint point) {
    return point.hasAsInt() ? point.getAsInt() : point.getAsDouble();
  }

  static Map<String, Object> attributes(List<KeyValue> list) {
    Map<String, Object> attributes = new TreeMap<>();
    for (KeyValue pair : list) {
      attributes.put(pair.getKey(), value(pair.getValue()));
    }
    return attributes;
  }

  private static Object value(AnyValue value) {
    return switch (value.getValueCase()) {
      case STRING_VALUE -> value.getStringValue();
      case INT_VALUE -> value.getIntValue();
      case DOUBLE_VALUE -> value.getDoubleValue();
      case BOOL_VALUE -> value.getBoolValue();
      case ARRAY_VALUE -> value.getArrayValue().getValuesList().stream().map(Otlp::value).toList();
      default -> throw new IllegalArgumentException("unexpected attribute value " + value);
    };
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
