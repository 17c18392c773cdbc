package io.mmapscope.agent;

import io.mmapscope.agent.config.Settings;
import io.mmapscope.agent.config.SettingsLoader;
import java.lang.instrument.Instrumentation;

/** The agent's coming and leaving, and its one line on stderr. One of it in a JVM at a time: the launcher sees to it. */
public final class Agent {

  private static Running running;

  private Agent() {}

  /**
   * Starts the agent in this JVM, or, where it runs, does nothing. Called by the launcher, from {@code premain} or
   * {@code agentmain}.
   *
   * @param arguments {@code key=value;key=value}, or null
   * @return whether the agent runs when this returns
   */
  public static synchronized boolean start(String arguments, Instrumentation instrumentation) {
    SettingsLoader.Loaded loaded = SettingsLoader.load(arguments, System.getProperties(), System.getenv());
    for (String complaint : loaded.complaints()) {
      System.err.println("mmapscope: " + complaint);
    }
    Settings settings = loaded.settings();
    if (running == null && settings.enabled()) {
      BootstrapClasses.define(instrumentation, Agent.class.getClassLoader());
      running = Assembly.begin(settings, instrumentation);
      System.err.println(running.line());
    }
    return running != null;
  }

  /** Has it leave. Where it does not run, does nothing. */
  public static synchronized void stop() {
    if (running != null) {
      running.stop();
      running = null;
    }
  }
}
