package io.mmapscope.agent.kernel;

import java.util.List;

/**
 * The logical events and the ways to see each, best first. To add an event: its program in {@code bpf/src}, its
 * enumerator in {@code wire.h}, its constant in {@code Syscall}, and a line here.
 */
public final class HookCatalogue {

  private HookCatalogue() {}

  /**
   * How one program is attached.
   *
   * @param program its name in the object
   * @param target what it is attached to, e.g. {@code syscalls/sys_enter_mmap}
   */
  record Attachment(String program, String target) {}

  /**
   * One way to see an event: programs that are attached together or not at all.
   *
   * @param kind e.g. {@code tracepoint}
   * @param attachments in the order of attaching: the entry first, so that no exit comes without its entry
   */
  record Way(String kind, List<Attachment> attachments) {

    String target() {
      return attachments.get(0).target();
    }
  }

  /**
   * A logical event.
   *
   * @param event its name, as in {@code HookStatus} and {@code HookCounts}
   * @param ways in order of preference
   */
  record Hook(String event, List<Way> ways) {}

  static final String TRACEPOINT = "tracepoint";

  /** In the order of {@code enum mms_hook}. */
  static final List<Hook> HOOKS =
      List.of(
          new Hook("mmap", List.of(syscall("mmap"))),
          new Hook("munmap", List.of(syscall("munmap"))),
          new Hook("mremap", List.of(syscall("mremap"))),
          new Hook("mprotect", List.of(syscall("mprotect"))),
          new Hook("msync", List.of(syscall("msync"))),
          new Hook("madvise", List.of(syscall("madvise"))),
          new Hook("remap_file_pages", List.of(syscall("remap_file_pages"))));

  private static Way syscall(String name) {
    return new Way(
        TRACEPOINT,
        List.of(
            new Attachment("enter_" + name, "syscalls/sys_enter_" + name),
            new Attachment("exit_" + name, "syscalls/sys_exit_" + name)));
  }

  /** Names of the logical events, in order. */
  public static List<String> events() {
    return HOOKS.stream().map(Hook::event).toList();
  }
}
