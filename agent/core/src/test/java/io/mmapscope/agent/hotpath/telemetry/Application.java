package io.mmapscope.agent.hotpath.telemetry;

import io.mmapscope.agent.hotpath.telemetry.api.trace.SpanContext;
import io.mmapscope.agent.hotpath.telemetry.context.Context;
import io.mmapscope.agent.hotpath.telemetry.context.ThreadLocalContextStorage;
import java.util.Map;
import java.util.function.BiFunction;

/** An application with its own copy of the API, in whatever class loader: makes contexts current. */
public final class Application implements BiFunction<Map<String, Object>, Runnable, AutoCloseable> {

  private record Ids(boolean isValid, boolean isSampled, String getTraceId, String getSpanId) implements SpanContext {}

  /**
   * @param span what the span has: {@code trace}, {@code span}, {@code valid} and {@code sampled} where not true
   * @param asked run whenever the context is asked for its span
   * @return closes the scope
   */
  @Override
  public AutoCloseable apply(Map<String, Object> span, Runnable asked) {
    Ids ids =
        new Ids(
            (boolean) span.getOrDefault("valid", true),
            (boolean) span.getOrDefault("sampled", true),
            (String) span.get("trace"),
            (String) span.get("span"));
    Context context =
        () -> {
          asked.run();
          return () -> ids;
        };
    return ThreadLocalContextStorage.attach(context);
  }
}
