package io.mmapscope.agent;

import io.mmapscope.agent.config.Settings;
import io.mmapscope.agent.config.SettingsLoader;
import java.lang.instrument.Instrumentation;
import java.util.concurrent.atomic.AtomicBoolean;

/** The agent's start, and its one line on stderr. */
public final class Agent {

  private static final AtomicBoolean STARTED = new AtomicBoolean();

  private Agent() {}

  /**
   * Starts the agent in this JVM. Called by the launcher, from {@code premain} or {@code agentmain}.
   *
   * @param arguments {@code key=value;key=value}, or null
   */
  public static void start(String arguments, Instrumentation instrumentation) {
    SettingsLoader.Loaded loaded = SettingsLoader.load(arguments, System.getProperties(), System.getenv());
    for (String complaint : loaded.complaints()) {
      System.err.println("mmapscope: " + complaint);
    }
    Settings settings = loaded.settings();
    if (!settings.enabled() || !STARTED.compareAndSet(false, true)) {
      return;
    }
    BootstrapClasses.define(instrumentation, Agent.class.getClassLoader());
    System.err.println(Assembly.begin(settings, instrumentation));
  }
}
