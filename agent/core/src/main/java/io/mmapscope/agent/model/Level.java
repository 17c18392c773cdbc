package io.mmapscope.agent.model;

import java.util.Locale;

/** How much of the kernel's side this process is allowed to see. */
public enum Level {
  /** BPF programs: calls, page faults, and what they belong to. */
  FULL("all that the hooks tell"),
  /** No BPF, but perf events of the process's own threads: how many page faults, and no more. */
  PERF("page faults counted by perf events, without file and call site"),
  /** Nothing: operations as Java sees them, and {@code /proc/self/maps}. */
  JAVA("no page faults");

  private final String text;

  Level(String text) {
    this.text = text;
  }

  /** The value of the tag {@code level}, and its name in the start-up line. */
  public String tag() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What there is of the kernel's side, in a few words. */
  public String text() {
    return text;
  }
}
