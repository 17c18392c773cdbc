package io.mmapscope.agent.kernel;

/** The processors that the jar has native code for, with what differs between them. */
enum Architecture {
  X86_64("x86_64", "linux-x86-64", 298),
  AARCH64("aarch64", "linux-aarch64", 241);

  private final String objects;
  private final String libraries;

  /** The number of perf_event_open(2). */
  final int sysPerfEventOpen;

  Architecture(String objects, String libraries, int sysPerfEventOpen) {
    this.objects = objects;
    this.libraries = libraries;
    this.sysPerfEventOpen = sysPerfEventOpen;
  }

  /**
   * The one that this JVM runs on.
   *
   * @throws KernelUnavailableException where there is no native code for it
   */
  static Architecture current() throws KernelUnavailableException {
    String name = System.getProperty("os.arch");
    return switch (name) {
      case "amd64" -> X86_64;
      case "aarch64" -> AARCH64;
      default -> throw new KernelUnavailableException(
          "no native code for " + name + ", only for x86-64 (amd64) and aarch64");
    };
  }

  /** The resource with JNA's native half. */
  String stub() {
    return "com/sun/jna/" + libraries + "/libjnidispatch.so";
  }

  /** The resource with libbpf. */
  String libbpf() {
    return libraries + "/libmmapscope-bpf.so";
  }

  /** The resource with the programs of {@code bpf/src/NAME.bpf.c}. */
  String object(String name) {
    return "mmapscope/bpf/" + objects + "/" + name + ".bpf.o";
  }
}
