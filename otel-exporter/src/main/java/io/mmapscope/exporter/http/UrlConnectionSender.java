package io.mmapscope.exporter.http;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.Compressor;
import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderConfig;
import io.opentelemetry.sdk.common.export.MessageWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpRetryException;
import java.net.HttpURLConnection;
import java.net.URL;
import java.util.function.Consumer;
import javax.net.ssl.HttpsURLConnection;

/**
 * Posts with the JDK's {@link HttpURLConnection}, on the calling thread, once: trying again is the caller's business.
 *
 * <p>Not with {@code java.net.http}, whose client takes the JDK's whole TLS part in and reads its certificates before it
 * posts to an {@code http:} address: 170 ms and some 20 MB, at the exit of a short program.
 *
 * <p>A collector that takes the connection but no data can hold the thread for as long as TCP bears it; the time-out is
 * for connecting and for the answer. Safe for any thread.
 */
final class UrlConnectionSender implements HttpSender {

  private final HttpSenderConfig config;

  /** Through it the JDK finds the socket that it keeps for the next one. */
  private volatile HttpURLConnection last;

  UrlConnectionSender(HttpSenderConfig config) {
    this.config = config;
  }

  /**
   * An answer.
   *
   * @param getStatusCode HTTP's
   * @param getStatusMessage HTTP's, or empty
   * @param getResponseBody the first {@link HttpSenderConfig#getMaxResponseBodySize} bytes of it
   */
  private record Answer(int getStatusCode, String getStatusMessage, byte[] getResponseBody) implements HttpResponse {}

  @Override
  public void send(MessageWriter message, Consumer<HttpResponse> onResponse, Consumer<Throwable> onError) {
    HttpResponse answer;
    try {
      answer = post(body(message));
    } catch (IOException | RuntimeException e) {
      onError.accept(e);
      return;
    }
    onResponse.accept(answer);
  }

  private byte[] body(MessageWriter message) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream(Math.max(32, message.getContentLength()));
    Compressor compressor = config.getCompressor();
    try (OutputStream out = compressor == null ? body : compressor.compress(body)) {
      message.writeMessage(out);
    }
    return body.toByteArray();
  }

  private HttpResponse post(byte[] body) throws IOException {
    HttpURLConnection connection = connection();
    last = connection;
    // Of known length, hence never repeated by the JDK itself: spans that arrive twice are wrong.
    connection.setFixedLengthStreamingMode(body.length);
    try {
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body);
      }
      return answer(connection);
    } catch (HttpRetryException refused) {
      return new Answer(refused.responseCode(), "", new byte[0]);
    }
  }

  private HttpURLConnection connection() throws IOException {
    URL url = config.getEndpoint().toURL();
    HttpURLConnection connection = (HttpURLConnection) url.openConnection();
    if (connection instanceof HttpsURLConnection https && config.getSslContext() != null) {
      https.setSSLSocketFactory(config.getSslContext().getSocketFactory());
    }
    connection.setConnectTimeout(Math.toIntExact(config.getConnectTimeout().toMillis()));
    connection.setReadTimeout(Math.toIntExact(config.getTimeout().toMillis()));
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    config.getHeadersSupplier().get()
        .forEach((name, values) -> values.forEach(value -> connection.addRequestProperty(name, value)));
    connection.setRequestProperty("Content-Type", config.getContentType());
    if (config.getCompressor() != null) {
      connection.setRequestProperty("Content-Encoding", config.getCompressor().getEncoding());
    }
    return connection;
  }

  /** Reads the answer to its end, so that the connection can serve again; but not one that is without end. */
  private HttpResponse answer(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    int most = (int) Math.min(Integer.MAX_VALUE, config.getMaxResponseBodySize());
    InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream();
    byte[] body = new byte[0];
    if (in != null) {
      try (in) {
        body = in.readNBytes(most);
      }
    }
    String message = connection.getResponseMessage();
    return new Answer(status, message == null ? "" : message, body);
  }

  /** Closes the socket as well: the JDK would keep it for some seconds. */
  @Override
  public CompletableResultCode shutdown() {
    HttpURLConnection connection = last;
    if (connection != null) {
      connection.disconnect();
    }
    return CompletableResultCode.ofSuccess();
  }
}
