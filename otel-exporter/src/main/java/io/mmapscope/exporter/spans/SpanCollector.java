package io.mmapscope.exporter.spans;

import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.ArrayList;
import java.util.List;

/** Keeps what the SDK's tracer has ended until it is taken. One thread writes spans and takes them. */
final class SpanCollector implements SpanProcessor {

  private List<SpanData> ended = new ArrayList<>();

  /** Takes all that has ended since the last time. */
  List<SpanData> take() {
    List<SpanData> taken = ended;
    ended = new ArrayList<>();
    return taken;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    ended.add(span.toSpanData());
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {}

  @Override
  public boolean isStartRequired() {
    return false;
  }
}
