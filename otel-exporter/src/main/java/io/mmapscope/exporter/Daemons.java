package io.mmapscope.exporter;

import java.util.concurrent.ThreadFactory;

/**
 * Makes the exporter's threads. They are daemons, so that they never hold the application's exit, and they have
 * nothing of the thread that starts them: no inherited thread locals, and this class's own class loader as context.
 */
public final class Daemons {

  private Daemons() {}

  /** Returns a thread that is not started yet. */
  public static Thread thread(String name, Runnable body) {
    Thread thread = new Thread(null, body, name, 0, false);
    thread.setDaemon(true);
    thread.setContextClassLoader(Daemons.class.getClassLoader());
    return thread;
  }

  /** A factory of such threads, all of the same name. */
  public static ThreadFactory factory(String name) {
    return body -> thread(name, body);
  }
}
