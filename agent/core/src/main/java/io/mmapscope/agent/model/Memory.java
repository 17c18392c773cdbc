package io.mmapscope.agent.model;

import java.util.Locale;

/** What a range of the address space is used for, as far as that is certain. */
public enum Memory {
  /** A mapped file that is none of the below. */
  FILE,
  /** The JVM's or a library's code and data, mapped from its file. */
  LIBRARY,
  JAVA_HEAP,
  CODE_CACHE,
  THREAD_STACK,
  /** Behind {@code ByteBuffer.allocateDirect} and {@code Arena}. */
  DIRECT_BUFFER,
  /** Any other memory without a file: metaspace, the collector's tables, malloc. */
  ANONYMOUS;

  /** The value of the tag {@code mmap.memory}. */
  public String tag() {
    return name().toLowerCase(Locale.ROOT);
  }
}
