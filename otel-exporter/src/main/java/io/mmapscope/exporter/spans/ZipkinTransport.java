package io.mmapscope.exporter.spans;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import zipkin2.reporter.BytesMessageSender;
import zipkin2.reporter.Encoding;
import zipkin2.reporter.urlconnection.URLConnectionSender;

/**
 * Posts to Zipkin with the JDK's URLConnection, on the calling thread, and remembers why the last post failed, which
 * OpenTelemetry's exporter only logs. For one thread.
 */
final class ZipkinTransport implements BytesMessageSender {

  private final URLConnectionSender sender;
  private Exception lastFailure;

  /** Makes it; throws IllegalArgumentException where the endpoint is no URL. */
  ZipkinTransport(String endpoint, Duration timeout) {
    int millis = Math.toIntExact(timeout.toMillis());
    this.sender =
        URLConnectionSender.newBuilder()
            .endpoint(endpoint)
            .connectTimeout(millis)
            .readTimeout(millis)
            .encoding(Encoding.JSON)
            .build();
  }

  /** Why the last post failed, or null where it did not. */
  Exception lastFailure() {
    return lastFailure;
  }

  @Override
  public void send(List<byte[]> encodedSpans) throws IOException {
    lastFailure = null;
    try {
      sender.send(encodedSpans);
    } catch (IOException | RuntimeException e) {
      lastFailure = e;
      throw e;
    }
  }

  @Override
  public Encoding encoding() {
    return sender.encoding();
  }

  @Override
  public int messageMaxBytes() {
    return sender.messageMaxBytes();
  }

  @Override
  public int messageSizeInBytes(List<byte[]> encodedSpans) {
    return sender.messageSizeInBytes(encodedSpans);
  }

  @Override
  public int messageSizeInBytes(int encodedSizeInBytes) {
    return sender.messageSizeInBytes(encodedSizeInBytes);
  }

  @Override
  public void close() {
    sender.close();
  }
}
