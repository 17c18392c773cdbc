package io.mmapscope.exporter;

import io.opentelemetry.exporter.internal.FailedExportException;
import io.opentelemetry.sdk.common.CompletableResultCode;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Waits for exports. */
public final class Exports {

  private Exports() {}

  /**
   * Starts an export and waits for its outcome on this thread.
   *
   * @param what is sent, for messages
   * @param target where to, for messages
   * @param longest how long to wait
   * @throws IOException where it failed or gave no answer in time
   */
  public static void await(String what, String target, Duration longest, Supplier<CompletableResultCode> export)
      throws IOException {
    CompletableResultCode[] started = new CompletableResultCode[1];
    UntracedCalls.run(() -> started[0] = export.get());
    CompletableResultCode result = started[0].join(longest.toNanos(), TimeUnit.NANOSECONDS);
    if (!result.isDone()) {
      throw new IOException(what + " to " + target + ": no answer within " + longest.toSeconds() + " s");
    }
    if (!result.isSuccess()) {
      Throwable cause = result.getFailureThrowable();
      String reason = cause == null ? "refused" : reason(cause);
      throw new IOException(what + " to " + target + ": " + reason, cause);
    }
  }

  /**
   * The innermost cause says what went wrong, the outer ones only that it did; except that the JDK's HTTP client lets a
   * connection that is refused end in a channel that is closed.
   */
  private static String reason(Throwable thrown) {
    if (thrown instanceof FailedExportException.HttpExportException http && http.getResponse() != null) {
      return "HTTP status " + http.getResponse().getStatusCode();
    }
    Throwable innermost = thrown;
    while (innermost.getCause() != null && !(innermost instanceof ConnectException)) {
      innermost = innermost.getCause();
    }
    if (innermost instanceof ConnectException) {
      return "cannot connect; is the collector running?";
    }
    String message = innermost.getMessage();
    return innermost.getClass().getSimpleName() + (message == null ? "" : ": " + message);
  }
}
