package io.mmapscope.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.mmapscope.agent.spi.Listener;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What comes of requests that are refused, and TLS. */
class HttpTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir Path directory;

  private final FakeAgent agent = new FakeAgent("metrics.exporter=none");

  private Listener listener(Collector collector, Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url());
    return ExportingListener.create(agent, OtelSettings.read(Map.of(), environment));
  }

  /** Gives one span, and waits until it was posted for the first time. */
  private static void giveOne(Listener listener, Collector collector) throws InterruptedException {
    listener.operation(Samples.map(Samples.SAMPLED, 1));
    long end = System.nanoTime() + TIMEOUT.toNanos();
    while (collector.headers.isEmpty() && System.nanoTime() < end) {
      Thread.sleep(5);
    }
    assertThat(collector.headers).hasSize(1);
  }

  @Test
  void aRefusalForNowIsTriedAgain() throws Exception {
    try (Collector collector = new Collector()) {
      collector.status = 503;
      Listener listener = listener(collector, Map.of());
      giveOne(listener, collector);
      collector.status = 200;
      long end = System.nanoTime() + TIMEOUT.toNanos();
      while (collector.headers.size() < 2 && System.nanoTime() < end) {
        Thread.sleep(5);
      }
      listener.close(TIMEOUT);
      assertThat(collector.headers).hasSize(2);
    }
    assertThat(agent.failures).isEmpty();
    assertThat(agent.unattributed).isEmpty();
  }

  @Test
  void theEndCutsTheWaitForTheNextTry() throws Exception {
    try (Collector collector = new Collector()) {
      collector.status = 503;
      Listener listener = listener(collector, Map.of());
      giveOne(listener, collector);
      long start = System.nanoTime();
      listener.close(TIMEOUT);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
      // One last try where it was waiting already, none where the first was still being answered.
      assertThat(collector.headers).hasSizeBetween(1, 2);
    }
    assertThat(agent.unattributed).containsExactly(Map.entry("export_failed", 1L));
    assertThat(agent.failures.get("export.traces")).hasMessageContaining("503");
  }

  @Test
  void aRefusalForGoodIsNotTriedAgain() throws Exception {
    try (Collector collector = new Collector()) {
      collector.status = 401;
      Listener listener = listener(collector, Map.of());
      giveOne(listener, collector);
      Thread.sleep(1500);
      assertThat(collector.headers).hasSize(1);
      listener.close(TIMEOUT);
    }
    assertThat(agent.unattributed).containsExactly(Map.entry("export_failed", 1L));
    assertThat(agent.failures.get("export.traces")).hasMessageContaining("401");
  }

  @Test
  void tlsWithACertificateOfOnesOwn() throws Exception {
    Path store = directory.resolve("store.p12");
    Path certificate = directory.resolve("certificate.pem");
    String of = "-keystore " + store + " -storepass changeit -alias a ";
    keytool("-genkeypair -keyalg EC -dname CN=localhost -ext san=dns:localhost -storetype PKCS12 " + of);
    keytool("-exportcert -rfc -file " + certificate + " " + of);
    HttpsServer server = HttpsServer.create(new InetSocketAddress("localhost", 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context(store)));
    try (Collector collector = new Collector(server)) {
      Listener trusting = listener(collector, Map.of("OTEL_EXPORTER_OTLP_CERTIFICATE", certificate.toString()));
      giveOne(trusting, collector);
      trusting.close(TIMEOUT);
      assertThat(collector.spans()).hasSize(1);
      assertThat(agent.failures).isEmpty();

      Listener untrusting = listener(collector, Map.of());
      untrusting.operation(Samples.map(Samples.SAMPLED, 1));
      untrusting.close(TIMEOUT);
      assertThat(collector.spans()).hasSize(1);
      assertThat(agent.unattributed).containsExactly(Map.entry("export_failed", 1L));
    }
  }

  private static void keytool(String arguments) throws Exception {
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    Process process =
        new ProcessBuilder((keytool + " " + arguments).trim().split(" +")).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(said).isZero();
  }

  private static SSLContext context(Path store) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }
}
