package io.mmapscope.e2e.programs;

import java.lang.reflect.Method;

/** Virtual threads by reflection, because the programs are compiled for Java 17. */
final class VirtualThread {

  private VirtualThread() {}

  static Thread unstarted(Runnable work) throws ReflectiveOperationException {
    Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
    Method unstarted = Class.forName("java.lang.Thread$Builder").getMethod("unstarted", Runnable.class);
    return (Thread) unstarted.invoke(builder, work);
  }
}
