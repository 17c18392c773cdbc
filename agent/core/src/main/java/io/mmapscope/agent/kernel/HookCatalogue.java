package io.mmapscope.agent.kernel;

import static io.mmapscope.agent.kernel.HookCatalogue.Point.FUNCTION;
import static io.mmapscope.agent.kernel.HookCatalogue.Point.KPROBE;
import static io.mmapscope.agent.kernel.HookCatalogue.Point.KRETPROBE;
import static io.mmapscope.agent.kernel.HookCatalogue.Point.RAW_TRACEPOINT;
import static io.mmapscope.agent.kernel.HookCatalogue.Point.THREADS;
import static io.mmapscope.agent.kernel.HookCatalogue.Point.TRACEPOINT;

import java.util.List;

/**
 * The logical events and the ways to see each, best first: what costs other processes least, and then us. To add a
 * system call: its line in {@code bpf/src/mapping.bpf.c}, its enumerator in {@code wire.h}, its constant in
 * {@code Syscall}, and a line here. Read before every {@code main}: {@code concat}, because the first {@code +} of
 * strings costs milliseconds there.
 */
public final class HookCatalogue {

  private static final boolean AARCH64 = System.getProperty("os.arch").equals("aarch64");
  private static final String FUNCTION_PREFIX = AARCH64 ? "__arm64_sys_" : "__x64_sys_";

  private HookCatalogue() {}

  /** Where a program is attached; each has its {@link Attacher}. */
  enum Point {
    /** Entry or exit of a kernel function, by its BTF. */
    FUNCTION,
    KPROBE,
    KRETPROBE,
    TRACEPOINT,
    RAW_TRACEPOINT,
    /** A software event of each thread. */
    THREADS
  }

  /**
   * How one program is attached.
   *
   * @param program its name in the object
   * @param target e.g. {@code __x64_sys_mmap}, {@code syscalls/sys_enter_mmap}
   */
  record Attachment(Point point, String program, String target) {}

  /**
   * One way to see an event: programs that are attached together or not at all.
   *
   * @param shared the programs are those of several events, each of which is switched on in {@code mms_state.raw_hooks}
   * @param attachments in the order of attaching: the entry first, so that no exit comes without its entry
   */
  record Way(WayKind kind, boolean shared, List<Attachment> attachments) {

    /** What it is named for: the kernel's function where there is one, else what is attached first. */
    String target() {
      for (Attachment attachment : attachments) {
        if (attachment.point() == FUNCTION) {
          return attachment.target();
        }
      }
      return attachments.get(0).target();
    }
  }

  /**
   * A logical event.
   *
   * @param event its name, as in {@code HookStatus} and {@code HookCounts}
   * @param inner a function of the kernel's within other events: not every kernel has it, and none is blind without
   * @param ways in order of preference
   */
  record Hook(String event, boolean inner, List<Way> ways) {}

  /** In the order of {@code enum mms_hook}. */
  static final List<Hook> HOOKS =
      List.of(
          syscall("mmap"),
          syscall("munmap"),
          syscall("mremap"),
          syscall("mprotect"),
          syscall("msync"),
          syscall("madvise"),
          syscall("remap_file_pages"),
          function("do_mmap_pgoff"), // does the mapping before Linux 5.9
          function("do_mmap"), // since then
          function("update_mmap_zero_pfn"), // no kernel tried so far has it
          pageFault(),
          event("mmap_lock", rawTracepoint("lock_wait_begins", "contention_begin"), rawTracepoint("lock_wait_ends", "contention_end")),
          event("sigbus", rawTracepoint("signal_is_sent", "signal_generate")));

  private static Hook syscall(String name) {
    String function = FUNCTION_PREFIX.concat(name);
    return new Hook(
        name,
        false,
        List.of(
            way(
                WayKind.FEXIT,
                new Attachment(FUNCTION, "fentry_".concat(name), function),
                new Attachment(FUNCTION, "fexit_".concat(name), function)),
            way(
                WayKind.KPROBE,
                new Attachment(KPROBE, "kprobe_".concat(name), function),
                new Attachment(KRETPROBE, "kretprobe_".concat(name), function)),
            way(
                WayKind.TRACEPOINT,
                new Attachment(TRACEPOINT, "enter_".concat(name), "syscalls/sys_enter_".concat(name)),
                new Attachment(TRACEPOINT, "exit_".concat(name), "syscalls/sys_exit_".concat(name))),
            new Way(
                WayKind.TP_BTF,
                true,
                List.of(
                    new Attachment(RAW_TRACEPOINT, "raw_enter", "sys_enter"),
                    new Attachment(RAW_TRACEPOINT, "raw_exit", "sys_exit")))));
  }

  private static Hook function(String name) {
    return new Hook(
        name,
        true,
        List.of(
            way(WayKind.FEXIT, new Attachment(FUNCTION, "fexit_".concat(name), name)),
            way(WayKind.KPROBE, new Attachment(KRETPROBE, "kretprobe_".concat(name), name))));
  }

  /**
   * A fault ends where the kernel counts it; where it begins is asked of whom it costs least. AArch64 has no tracepoint
   * there.
   */
  private static Hook pageFault() {
    Attachment user = rawTracepoint("fault_begins_user", "page_fault_user");
    Attachment kernel = rawTracepoint("fault_begins_kernel", "page_fault_kernel");
    Attachment any = new Attachment(THREADS, "fault_begins_perf", "page-faults");
    Attachment minor = new Attachment(THREADS, "fault_ends_minor", "minor-faults");
    Attachment major = new Attachment(THREADS, "fault_ends_major", "major-faults");
    Attachment end = new Attachment(FUNCTION, "fexit_handle_mm_fault", "handle_mm_fault");
    return new Hook(
        "page_fault",
        false,
        List.of(
            AARCH64 ? way(WayKind.FEXIT, any, end) : way(WayKind.FEXIT, user, kernel, end),
            way(WayKind.TP_BTF, user, kernel, minor, major),
            way(WayKind.PERF, any, minor, major)));
  }

  private static Hook event(String name, Attachment... attachments) {
    return new Hook(name, false, List.of(way(WayKind.TP_BTF, attachments)));
  }

  private static Attachment rawTracepoint(String program, String tracepoint) {
    return new Attachment(RAW_TRACEPOINT, program, tracepoint);
  }

  private static Way way(WayKind kind, Attachment... attachments) {
    return new Way(kind, false, List.of(attachments));
  }

  /** Names of the logical events, in order. */
  public static List<String> events() {
    return HOOKS.stream().map(Hook::event).toList();
  }
}
