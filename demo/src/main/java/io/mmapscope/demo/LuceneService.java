package io.mmapscope.demo;

import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A search service over a Lucene index on mapped files, instrumented with OpenTelemetry like any other service. It
 * knows nothing of mmapscope. Where its spans go is OpenTelemetry's configuration ({@code OTEL_*}).
 *
 * <p>Usage: {@code java -jar mmapscope-demo.jar PORT DIRECTORY}; it listens on 127.0.0.1 and ends on SIGTERM.
 */
public final class LuceneService {

  private LuceneService() {}

  public static void main(String[] args) throws Exception {
    if (args.length != 2) {
      System.err.println("usage: java -jar mmapscope-demo.jar PORT DIRECTORY");
      System.exit(2);
    }
    int port = Integer.parseInt(args[0]);
    Path directory = Files.createDirectories(Path.of(args[1]));

    OpenTelemetrySdk telemetry = telemetry();
    Tracer tracer = telemetry.getTracer("lucene-service");

    QueryLog queryLog = new QueryLog(Files.createDirectories(directory.resolve("queries")));
    SearchIndex index = new SearchIndex(directory.resolve("index"), tracer);
    HttpApi api = new HttpApi(port, tracer, index, queryLog, directory.resolve("copies"));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(api, index, queryLog, telemetry), "stop"));
    api.start();
    System.out.println("lucene-service listens on http://127.0.0.1:" + api.port());
  }

  /** The service's own OpenTelemetry: spans to Zipkin unless the environment says otherwise, no metrics, no logs. */
  private static OpenTelemetrySdk telemetry() {
    return AutoConfiguredOpenTelemetrySdk.builder()
        .addPropertiesSupplier(
            () ->
                Map.of(
                    "otel.service.name", "lucene-service",
                    "otel.traces.exporter", "zipkin",
                    "otel.metrics.exporter", "none",
                    "otel.logs.exporter", "none"))
        .disableShutdownHook()
        .build()
        .getOpenTelemetrySdk();
  }

  /** Stops from the outside inwards; what fails to close does not keep the rest from closing. */
  private static void stop(AutoCloseable... parts) {
    for (AutoCloseable part : parts) {
      try {
        part.close();
      } catch (Exception e) {
        System.err.println("while stopping: " + e);
      }
    }
  }
}
