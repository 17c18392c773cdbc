package io.mmapscope.agent.kernel;

/** A kind of way to see an event. {@link #label} is its name in reports and in {@code mmapscope.hooks.without}. */
public enum WayKind {
  /** On the kernel function behind the call, {@code BPF_TRACE_FENTRY} and {@code BPF_TRACE_FEXIT}. */
  FEXIT("fexit"),
  /** On the same function, kprobe and kretprobe. */
  KPROBE("kprobe"),
  /** The event's own tracepoint. */
  TRACEPOINT("tracepoint"),
  /** A tracepoint without its perf event, {@code BPF_TRACE_RAW_TP}. */
  TP_BTF("tp_btf"),
  /** A perf event of the kernel's software PMU. */
  PERF("perf");

  private final String label;

  WayKind(String label) {
    this.label = label;
  }

  public String label() {
    return label;
  }
}
