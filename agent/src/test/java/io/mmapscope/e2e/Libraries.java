package io.mmapscope.e2e;

import com.sun.jna.Native;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.common.ComponentLoader;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Jars that some test programs need: the application's own copies, beside the agent's. */
final class Libraries {

  private Libraries() {}

  static Path jna() {
    return jar(Native.class);
  }

  /** OpenTelemetry's API, and of its SDK what makes spans. */
  static Path[] openTelemetry() {
    return Stream.of(
            Span.class, Context.class, ComponentLoader.class, CompletableResultCode.class, SdkTracerProvider.class)
        .map(Libraries::jar)
        .distinct()
        .toArray(Path[]::new);
  }

  private static Path jar(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
