package io.mmapscope.agent.model;

import java.util.Locale;

/** Whose doing a mapping or a kernel call is. */
public enum Owner {
  /** Made within an instrumented operation of the application. */
  APPLICATION,
  /** Made by a native library, outside any operation. */
  NATIVE,
  /** Made by the JVM itself or the C library for it: heap, code cache, stacks, class data. */
  JVM,
  /** Made by one of the agent's own threads. */
  AGENT;

  /** The value of the tag {@code mmap.owner}. */
  public String tag() {
    return name().toLowerCase(Locale.ROOT);
  }
}
