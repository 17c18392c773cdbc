package io.mmapscope.agent;

import io.mmapscope.agent.config.Settings;
import io.mmapscope.agent.config.SettingsLoader;
import io.mmapscope.agent.control.Exchange;
import java.io.Closeable;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The agent's coming and leaving, and its one line on stderr. One of it in a JVM at a time: the launcher sees to it. */
public final class Agent {

  /** Longer than an exporter's connection waits for an answer. */
  private static final Duration LONGEST_LEAVING = Duration.ofSeconds(12);

  private static Running running;

  private Agent() {}

  /**
   * Does what the JVM was asked to load the agent for. Called by the launcher, from {@code premain} or {@code
   * agentmain}.
   *
   * @param arguments {@code key=value;key=value} or null: to start; {@code control=SOCKET}: what a command asks there
   * @return whether the agent runs when this returns; where not, this class's loader is of no use any more
   */
  public static synchronized boolean run(String arguments, Instrumentation instrumentation) {
    try {
      if (arguments != null && arguments.startsWith(Exchange.ARGUMENT)) {
        Control.serve(arguments.substring(Exchange.ARGUMENT.length()), instrumentation);
      } else if (running == null) {
        begin(arguments, instrumentation);
      }
    } catch (Throwable failure) {
      // The application comes first: whatever is wrong with us, it runs.
      System.err.println("mmapscope: " + (running == null ? "not started: " : "") + failure);
    }
    if (running == null) {
      closeLoader();
      return false;
    }
    return true;
  }

  static Running running() {
    return running;
  }

  /** Starts it where the settings say so. Returns what was said on stderr, complaints about the settings first. */
  static List<String> begin(String arguments, Instrumentation instrumentation) {
    SettingsLoader.Loaded loaded = SettingsLoader.load(arguments, System.getProperties(), System.getenv());
    List<String> said = new ArrayList<>();
    for (String complaint : loaded.complaints()) {
      said.add("mmapscope: " + complaint);
    }
    Settings settings = loaded.settings();
    if (settings.enabled()) {
      BootstrapClasses.define(instrumentation, Agent.class.getClassLoader());
      running = Assembly.begin(settings, instrumentation);
      said.add(running.line());
    }
    said.forEach(System.err::println);
    return said;
  }

  /** Has it leave. Returns the names of threads that take longer. */
  static List<String> stop() throws Exception {
    running.stop();
    running = null;
    List<String> left = OwnThreads.end(LONGEST_LEAVING);
    JdkCaches.forget();
    return left;
  }

  /** The jar's descriptor goes at once, unless a thread may still load from it: then with the loader. */
  private static void closeLoader() {
    try {
      if (Agent.class.getClassLoader() instanceof Closeable loader && OwnThreads.end(Duration.ZERO).isEmpty()) {
        loader.close();
      }
    } catch (IOException | InterruptedException stays) {
      // Until the loader is collected.
    }
  }
}
