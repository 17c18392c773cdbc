package io.mmapscope.agent.kernel;

import java.io.File;
import java.lang.instrument.Instrumentation;
import java.net.URL;
import java.net.URLClassLoader;

/** An agent that opens the kernel in a class loader of its own, as the real one does. Its argument is the class path. */
public final class AccessAgent {

  private AccessAgent() {}

  public static void premain(String path, Instrumentation instrumentation) throws Exception {
    String[] entries = path.split(File.pathSeparator);
    URL[] urls = new URL[entries.length];
    for (int i = 0; i < entries.length; i++) {
      urls[i] = new File(entries[i]).toURI().toURL();
    }
    ClassLoader isolated = new URLClassLoader("isolated", urls, ClassLoader.getPlatformClassLoader());
    isolated
        .loadClass("io.mmapscope.agent.kernel.NativeAccess")
        .getMethod("enable", Instrumentation.class)
        .invoke(null, instrumentation);
    Object kernel = isolated.loadClass("io.mmapscope.agent.kernel.Kernel").getMethod("open").invoke(null);
    kernel.getClass().getMethod("close").invoke(kernel);
    System.out.println("jna=" + isolated.loadClass("com.sun.jna.Native").getModule().getName());
  }

  /** The application, whose own right to native code must be as it was. */
  public static void main(String[] args) throws Exception {
    boolean enabled =
        Runtime.version().feature() >= 22
            && (boolean) Module.class.getMethod("isNativeAccessEnabled").invoke(AccessAgent.class.getModule());
    System.out.println("application=" + enabled);
  }
}
