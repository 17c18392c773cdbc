package io.mmapscope.agent.model;

/**
 * The memory-mapping system calls, in the order of {@code enum mms_hook}: {@code ordinal()} is the wire's hook number.
 */
public enum Syscall {
  MMAP("mmap"),
  MUNMAP("munmap"),
  MREMAP("mremap"),
  MPROTECT("mprotect"),
  MSYNC("msync"),
  MADVISE("madvise"),
  REMAP_FILE_PAGES("remap_file_pages");

  private static final Syscall[] ALL = values();

  private final String callName;

  Syscall(String callName) {
    this.callName = callName;
  }

  /** The name the kernel and {@code strace} give it. */
  public String callName() {
    return callName;
  }

  /** The call with this hook number, or null for a number that the wire does not define. */
  public static Syscall ofHook(int hook) {
    return hook >= 0 && hook < ALL.length ? ALL[hook] : null;
  }
}
