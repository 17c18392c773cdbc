package io.mmapscope.exporter;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.autoconfigure.ResourceConfiguration;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.resources.ResourceBuilder;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Whose spans and metrics these are: OpenTelemetry's resource. What the user set goes before what is found here. */
public final class ServiceResource {

  private static final AttributeKey<String> HOST_NAME = AttributeKey.stringKey("host.name");
  private static final AttributeKey<Long> PROCESS_PID = AttributeKey.longKey("process.pid");

  private ServiceResource() {}

  /** {@code service.name}, {@code telemetry.sdk.*}, {@code host.name}, {@code process.pid}, the user's attributes. */
  public static Resource of(OtelSettings settings) {
    ResourceBuilder found = Resource.getDefault().toBuilder();
    found.put(PROCESS_PID, ProcessHandle.current().pid());
    String host = hostName();
    if (host != null) {
      found.put(HOST_NAME, host);
    }
    return found.build().merge(ResourceConfiguration.createEnvironmentResource(settings.asConfigProperties()));
  }

  /**
   * Not {@code InetAddress.getLocalHost()}, which may ask a name server and wait for it. Nor {@code Files}, because its
   * first use loads the JDK's mapping classes, which are then woven, in an application that may never map anything.
   */
  private static String hostName() {
    try (FileInputStream in = new FileInputStream("/proc/sys/kernel/hostname")) {
      String name = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
      return name.isEmpty() ? null : name;
    } catch (IOException e) {
      return null;
    }
  }
}
