package io.mmapscope.exporter.metrics;

import io.mmapscope.agent.model.TraceContext;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.sdk.metrics.data.DoubleExemplarData;
import io.opentelemetry.sdk.metrics.internal.data.ImmutableDoubleExemplarData;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The newest exemplar of each of the {@link DurationBuckets}: a measurement with the span it belongs to. Safe for any
 * thread.
 */
final class BucketExemplars {

  /** Most timers never have one. */
  private volatile AtomicReferenceArray<DoubleExemplarData> newest;

  void keep(long nanos, TraceContext trace, long epochNanos) {
    SpanContext span =
        SpanContext.create(trace.traceId(), trace.spanIdHex(), TraceFlags.getSampled(), TraceState.getDefault());
    all().set(
        DurationBuckets.indexOf(nanos),
        ImmutableDoubleExemplarData.create(Attributes.empty(), epochNanos, span, nanos / 1e9));
  }

  private synchronized AtomicReferenceArray<DoubleExemplarData> all() {
    if (newest == null) {
      newest = new AtomicReferenceArray<>(DurationBuckets.COUNT);
    }
    return newest;
  }

  /** Those that are not older than that, by rising value. */
  List<DoubleExemplarData> since(long epochNanos) {
    AtomicReferenceArray<DoubleExemplarData> all = newest;
    if (all == null) {
      return List.of();
    }
    List<DoubleExemplarData> found = new ArrayList<>();
    for (int i = 0; i < all.length(); i++) {
      DoubleExemplarData exemplar = all.get(i);
      if (exemplar != null && exemplar.getEpochNanos() >= epochNanos) {
        found.add(exemplar);
      }
    }
    return found;
  }
}
