package io.mmapscope.exporter.spans;

import io.mmapscope.exporter.Delivery;
import io.mmapscope.exporter.OtelSettings;
import io.mmapscope.exporter.OtlpEndpoint;
import io.mmapscope.exporter.Retries;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.otlp.internal.OtlpSpanExporterProvider;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Makes the sender that the setting {@code traces.exporter} names. */
final class SpanSenders {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private SpanSenders() {}

  /**
   * Makes it.
   *
   * @param name {@code otlp}, {@code zipkin} or {@code console}
   * @param closing whether the application ends
   * @throws RuntimeException where a setting of that exporter is not valid, which the message names
   */
  static SpanSender create(String name, OtelSettings settings, BooleanSupplier closing) {
    return switch (name) {
      case "otlp" -> otlp(settings, closing);
      case "zipkin" -> zipkin(settings);
      case "console" -> new SpanSender(new ConsoleSpanExporter(), Delivery.of("spans", "stdout", TIMEOUT, Retries.NONE));
      default -> throw new IllegalArgumentException("traces.exporter: no exporter named " + name);
    };
  }

  private static SpanSender otlp(OtelSettings settings, BooleanSupplier closing) {
    SpanExporter exporter = new OtlpSpanExporterProvider().createExporter(settings.asConfigProperties());
    return new SpanSender(exporter, OtlpEndpoint.of(settings, "traces").delivery("spans", settings, closing));
  }

  @SuppressWarnings("deprecation") // deprecated in favour of OTLP; mmapscope offers both
  private static SpanSender zipkin(OtelSettings settings) {
    String endpoint =
        settings.get(
            "otel.exporter.zipkin.endpoint", io.opentelemetry.exporter.zipkin.ZipkinSpanExporter.DEFAULT_ENDPOINT);
    Duration timeout = settings.asConfigProperties().getDuration("otel.exporter.zipkin.timeout", TIMEOUT);
    ZipkinTransport transport = new ZipkinTransport(endpoint, timeout);
    io.opentelemetry.exporter.zipkin.ZipkinSpanExporter exporter =
        io.opentelemetry.exporter.zipkin.ZipkinSpanExporter.builder()
            .setSender(transport)
            .setEndpoint(endpoint)
            .setMeterProvider(MeterProvider.noop())
            .build();
    return new SpanSender(new ZipkinFailures(exporter, transport), Delivery.of("spans", endpoint, timeout, Retries.NONE));
  }
}
