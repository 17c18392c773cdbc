package io.mmapscope.exporter;

import io.opentelemetry.sdk.common.export.RetryPolicy;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;

/** How often OTLP is tried again where nobody answers. */
public final class Retries {

  private Retries() {}

  /**
   * OpenTelemetry's policy while the application runs, which bridges a collector's restart; but no second attempt at
   * its end, so that a collector that is not there does not hold the exit.
   *
   * @param closing whether the end has come
   */
  public static RetryPolicy untilClosing(BooleanSupplier closing) {
    return RetryPolicy.getDefault().toBuilder()
        .setRetryExceptionPredicate(failure -> !closing.getAsBoolean() && !(failure instanceof SSLException))
        .build();
  }

  /** Returns true for OpenTelemetry's own switch, with which there is no second attempt at all. */
  public static boolean disabled(OtelSettings settings) {
    return Boolean.parseBoolean(settings.get("otel.java.exporter.otlp.retry.disabled", "false"));
  }
}
