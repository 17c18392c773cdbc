package io.mmapscope.exporter;

import io.mmapscope.agent.spi.AgentView;
import io.mmapscope.agent.spi.Listener;
import io.mmapscope.agent.spi.ListenerProvider;

/** Makes the listener that exports spans and metrics, by this JVM's properties and environment. */
public final class OpenTelemetryListenerProvider implements ListenerProvider {

  @Override
  public Listener create(AgentView view) {
    OtelSettings settings = OtelSettings.read(System.getProperties(), System.getenv());
    if (settings.disabled()) {
      return new Listener() {};
    }
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    // The SDK looks services up in the context class loader here and there, and must not find the application's.
    thread.setContextClassLoader(OpenTelemetryListenerProvider.class.getClassLoader());
    try {
      return ExportingListener.create(view, settings);
    } finally {
      thread.setContextClassLoader(before);
    }
  }
}
