package io.mmapscope.exporter.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;

/** Prometheus' names. A unit in braces, as OpenTelemetry writes what is counted, is no part of the name. */
final class PrometheusNames extends PrometheusNamingConvention {

  @Override
  public String name(String name, Meter.Type type, String baseUnit) {
    boolean annotation = baseUnit != null && baseUnit.startsWith("{");
    return super.name(name, type, annotation ? null : baseUnit);
  }
}
