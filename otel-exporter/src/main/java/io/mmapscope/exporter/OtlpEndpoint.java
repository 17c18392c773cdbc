package io.mmapscope.exporter;

import io.opentelemetry.sdk.autoconfigure.spi.ConfigProperties;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Where one signal goes over OTLP: {@code OTEL_EXPORTER_OTLP_<SIGNAL>_ENDPOINT}, else
 * {@code OTEL_EXPORTER_OTLP_ENDPOINT}, else this host. Immutable.
 *
 * @param url as it was set, with or without a path
 * @param timeout of one attempt to send
 */
public record OtlpEndpoint(String url, Duration timeout) {

  private static final String DEFAULT_URL = "http://localhost:4318";
  private static final int DEFAULT_PORT = 80;
  private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);
  private static final int CONNECT_MILLIS = 1000;

  /**
   * Reads the settings.
   *
   * @param signal {@code traces} or {@code metrics}
   * @throws RuntimeException where the time-out is none, which the message names
   */
  public static OtlpEndpoint of(OtelSettings settings, String signal) {
    ConfigProperties config = settings.asConfigProperties();
    String common = settings.get("otel.exporter.otlp.endpoint", DEFAULT_URL);
    Duration timeout = config.getDuration("otel.exporter.otlp.timeout", DEFAULT_TIMEOUT);
    return new OtlpEndpoint(
        settings.get("otel.exporter.otlp." + signal + ".endpoint", common),
        config.getDuration("otel.exporter.otlp." + signal + ".timeout", timeout));
  }

  /** How to deliver what the messages call {@code what}. */
  public Delivery delivery(String what, OtelSettings settings, BooleanSupplier closing) {
    return Delivery.of(what, url, timeout, Retries.otlp(settings, closing));
  }

  /**
   * Tries whether anybody listens, as far as that can be told at no cost: on this host, without TLS. Asked before
   * OpenTelemetry is set up at the end of a short program, which takes longer than all else that is done there.
   *
   * @param what would be sent, for the message
   * @throws IOException where nobody does
   */
  public void requireListener(String what) throws IOException {
    try (Socket socket = new Socket(Proxy.NO_PROXY)) {
      InetSocketAddress address = localAddress();
      if (address != null) {
        socket.connect(address, CONNECT_MILLIS);
      }
    } catch (ConnectException e) {
      throw new IOException(what + " to " + url + ": " + Delivery.NO_LISTENER, e);
    }
  }

  /** The address, where it is this host's own and a plain one; else null. */
  private InetSocketAddress localAddress() throws IOException {
    URI uri = URI.create(url);
    if (!"http".equals(uri.getScheme()) || uri.getHost() == null || !isLocal(uri.getHost())) {
      return null;
    }
    return new InetSocketAddress(InetAddress.getByName(uri.getHost()), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
  }

  /** By the name alone: to look another one up can take its time. */
  private static boolean isLocal(String host) {
    return host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
  }
}
