package io.mmapscope.exporter.spans;

import io.mmapscope.exporter.Console;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.EventData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Instant;
import java.util.Collection;
import java.util.StringJoiner;

/**
 * Prints spans on the process's standard output, as OpenTelemetry's console exporters do, so they mix with what the
 * application prints there: for looking at while developing. The first line of a span begins with {@code span}, all
 * others are indented.
 */
final class ConsoleSpanExporter implements SpanExporter {

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    StringBuilder text = new StringBuilder();
    for (SpanData span : spans) {
      append(text, span);
    }
    return Console.print(text) ? CompletableResultCode.ofSuccess() : CompletableResultCode.ofFailure();
  }

  private static void append(StringBuilder text, SpanData span) {
    text.append("span ").append(span.getName()).append(' ');
    text.append(Console.duration(span.getEndEpochNanos() - span.getStartEpochNanos()));
    text.append(" at ").append(Instant.ofEpochSecond(0, span.getStartEpochNanos()));
    if (span.getStatus().equals(StatusData.error())) {
      text.append(" ERROR");
    }
    text.append("\n    trace ").append(span.getTraceId()).append(" span ").append(span.getSpanId());
    if (span.getParentSpanContext().isValid()) {
      text.append(" parent ").append(span.getParentSpanId());
    }
    span.getAttributes()
        .forEach(
            (key, value) ->
                text.append("\n    ")
                    .append(key.getKey())
                    .append(": ")
                    .append(String.valueOf(value).replace("\n", "\n    ")));
    for (EventData event : span.getEvents()) {
      append(text, span, event);
    }
    text.append('\n');
  }

  private static void append(StringBuilder text, SpanData span, EventData event) {
    text.append("\n    +").append(Console.duration(event.getEpochNanos() - span.getStartEpochNanos()));
    text.append(' ').append(event.getName());
    Attributes attributes = event.getAttributes();
    if (attributes.get(Keys.SYSCALL_ARGS) == null) {
      StringJoiner values = new StringJoiner(", ", " ", "");
      attributes.forEach((key, value) -> values.add(key.getKey() + ": " + value));
      text.append(values);
      return;
    }
    String took = Console.duration((long) (attributes.get(Keys.SYSCALL_DURATION) * 1e9));
    text.append('(').append(attributes.get(Keys.SYSCALL_ARGS)).append(") = ");
    text.append(attributes.get(Keys.SYSCALL_RESULT)).append(" <").append(took).append('>');
  }

  @Override
  public CompletableResultCode flush() {
    return CompletableResultCode.ofSuccess();
  }

  @Override
  public CompletableResultCode shutdown() {
    return CompletableResultCode.ofSuccess();
  }
}
