package io.mmapscope.launcher;

import java.io.File;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;

/**
 * Where the JVM enters the agent's jar. With {@link IsolatedLoader} the only class of it that an application can see,
 * because the JVM puts the jar of a {@code -javaagent} on the class path; everything else is loaded in isolation.
 */
public final class Launcher {

  private static final String AGENT = "io.mmapscope.agent.Agent";
  private static final String COMMANDS = "io.mmapscope.agent.cli.Main";

  /** The loader of the agent that runs, or null. */
  private static ClassLoader running;

  private Launcher() {}

  /** From the JVM's start: {@code -javaagent:mmapscope.jar}. */
  public static void premain(String arguments, Instrumentation instrumentation) {
    start(arguments, instrumentation);
  }

  /** Into a running JVM. */
  public static void agentmain(String arguments, Instrumentation instrumentation) {
    start(arguments, instrumentation);
  }

  private static synchronized void start(String arguments, Instrumentation instrumentation) {
    try {
      ClassLoader loader = running == null ? isolated(ClassLoader.getPlatformClassLoader()) : running;
      Object runs =
          loader
              .loadClass(AGENT)
              .getMethod("run", String.class, Instrumentation.class)
              .invoke(null, arguments, instrumentation);
      running = (boolean) runs ? loader : null;
    } catch (Throwable failure) {
      // The application comes first: whatever is wrong with us, it runs.
      Throwable cause = failure instanceof InvocationTargetException ? failure.getCause() : failure;
      System.err.println("mmapscope: not started: " + cause);
    }
  }

  /** {@code java -jar mmapscope.jar COMMAND}. */
  public static void main(String[] arguments) throws Exception {
    try {
      // There is no application here to be apart from, and the attach API is with the system's loader.
      ClassLoader loader = isolated(ClassLoader.getSystemClassLoader());
      System.exit((int) loader.loadClass(COMMANDS).getMethod("run", String[].class).invoke(null, (Object) arguments));
    } catch (InvocationTargetException failure) {
      System.err.println("mmapscope: " + failure.getCause());
      System.exit(2);
    }
  }

  private static ClassLoader isolated(ClassLoader parent) throws Exception {
    return new IsolatedLoader(new File(Launcher.class.getProtectionDomain().getCodeSource().getLocation().toURI()), parent);
  }
}
