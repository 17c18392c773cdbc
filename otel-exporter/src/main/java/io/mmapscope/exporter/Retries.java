package io.mmapscope.exporter;

import io.opentelemetry.exporter.internal.FailedExportException;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLException;

/**
 * When to send again what did not arrive. As OpenTelemetry has it while the application runs (up to four times, after 1,
 * 1.5, 2.25 and 3.4 seconds, more or less), which bridges a collector's restart; but not at its end, so that a collector
 * that is not there does not hold the exit.
 *
 * @param attempts how often to send at most, the first time included
 * @param closing whether the application ends
 */
public record Retries(int attempts, BooleanSupplier closing) {

  /** Of HTTP's status codes those that OTLP calls temporary. */
  private static final Set<Integer> TEMPORARY = Set.of(429, 502, 503, 504);

  private static final int ATTEMPTS = 5;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final double GROWTH = 1.5;
  private static final double JITTER = 0.2;

  /** Sends once. */
  public static final Retries NONE = new Retries(1, () -> false);

  /** OTLP's, unless OpenTelemetry's own switch is set, with which there is no second attempt at all. */
  public static Retries otlp(OtelSettings settings, BooleanSupplier closing) {
    boolean disabled = Boolean.parseBoolean(settings.get("otel.java.exporter.otlp.retry.disabled", "false"));
    return disabled ? NONE : new Retries(ATTEMPTS, closing);
  }

  /**
   * Waits before the next attempt.
   *
   * @param done how many attempts there were
   * @param failure of the last
   * @return whether there is a next one; false at once where this failure is for good or the application ends
   */
  boolean pause(int done, Throwable failure, Deadline end) {
    long nanos = (long) (FIRST_PAUSE.toNanos() * Math.pow(GROWTH, done - 1) * jitter());
    if (done >= attempts || closing.getAsBoolean() || !temporary(failure) || end.leftNanos() <= nanos) {
      return false;
    }
    long until = System.nanoTime() + nanos;
    // The thread is woken at the application's end, and also when there is more to send.
    for (long left = nanos; left > 0 && !closing.getAsBoolean(); left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    return true;
  }

  private static double jitter() {
    return ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER);
  }

  private static boolean temporary(Throwable failure) {
    if (failure instanceof FailedExportException.HttpExportException http) {
      return http.getResponse() == null
          ? http.getCause() instanceof IOException && !(http.getCause() instanceof SSLException)
          : TEMPORARY.contains(http.getResponse().getStatusCode());
    }
    return false;
  }
}
