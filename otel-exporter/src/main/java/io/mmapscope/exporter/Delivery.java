package io.mmapscope.exporter;

import io.opentelemetry.exporter.internal.FailedExportException;
import io.opentelemetry.sdk.common.CompletableResultCode;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Sends through OpenTelemetry's exporters and waits for the outcome. Immutable.
 *
 * @param what is sent, for messages: {@code spans}
 * @param target where to, for messages
 * @param longest how long sending may take, further attempts included
 * @param retries when there are any
 */
public record Delivery(String what, String target, Duration longest, Retries retries) {

  static final String NO_LISTENER = "cannot connect; is the collector running?";

  /** The exporter's own time-out comes first, so that its outcome is known. */
  private static final Duration GRACE = Duration.ofMillis(500);

  /**
   * Makes one for an exporter with this time-out.
   *
   * @param timeout of one attempt
   */
  public static Delivery of(String what, String target, Duration timeout, Retries retries) {
    return new Delivery(what, target, timeout.plus(GRACE), retries);
  }

  /**
   * Sends, on this thread, until it has arrived or there is no hope.
   *
   * @param export begins an attempt
   * @throws IOException where it did not arrive, as far as is known
   */
  public void send(Supplier<CompletableResultCode> export) throws IOException {
    Deadline end = Deadline.in(longest);
    int attempts = 0;
    CompletableResultCode result;
    do {
      result = attempt(export, end);
      attempts++;
    } while (!result.isSuccess() && retries.pause(attempts, result.getFailureThrowable(), end));
    if (!result.isSuccess()) {
      Throwable cause = result.getFailureThrowable();
      throw new IOException(what + " to " + target + ": " + (cause == null ? "refused" : reason(cause)), cause);
    }
  }

  private CompletableResultCode attempt(Supplier<CompletableResultCode> export, Deadline end) throws IOException {
    CompletableResultCode[] started = new CompletableResultCode[1];
    UntracedCalls.run(() -> started[0] = export.get());
    CompletableResultCode result = started[0].join(end.leftNanos(), TimeUnit.NANOSECONDS);
    if (!result.isDone()) {
      throw new IOException(what + " to " + target + ": no answer within " + longest.toSeconds() + " s");
    }
    return result;
  }

  /** The innermost cause says what went wrong, the outer ones only that it did. */
  private static String reason(Throwable thrown) {
    if (thrown instanceof FailedExportException.HttpExportException http && http.getResponse() != null) {
      return "HTTP status " + http.getResponse().getStatusCode();
    }
    Throwable innermost = thrown;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    if (innermost instanceof ConnectException) {
      return NO_LISTENER;
    }
    String message = innermost.getMessage();
    return innermost.getClass().getSimpleName() + (message == null ? "" : ": " + message);
  }
}
