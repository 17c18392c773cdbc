package io.mmapscope.exporter;

/** What kinds of page faults are called, in spans and metrics alike. */
public final class FaultKind {

  private FaultKind() {}

  /** The value of {@code system.paging.fault.type}: {@code major} where it waited for a file's data. */
  public static String type(boolean major) {
    return major ? "major" : "minor";
  }

  /** The value of {@code mmap.fault.mode}: {@code kernel} where the kernel touched the page, e.g. in write(2). */
  public static String mode(boolean kernel) {
    return kernel ? "kernel" : "user";
  }
}
