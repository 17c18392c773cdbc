package io.mmapscope.agent.model;

import java.util.List;

/**
 * One memory-mapping system call, complete, as the kernel saw it.
 *
 * @param syscall which
 * @param startNanos CLOCK_MONOTONIC at entry, comparable with {@link System#nanoTime()}
 * @param durationNanos from entry to exit
 * @param args the six argument registers; those the call does not have are 0
 * @param result the value returned, or {@code -errno} in [-4095, -1]
 * @param tid thread in this JVM's PID namespace
 * @param file file behind the range at exit, or null
 * @param fileSize its size in bytes at exit, or -1
 * @param before for remap_file_pages, the file that was mapped at the range at entry, or null
 * @param beforeSize its size in bytes at entry, or -1
 * @param flags bits of {@code enum mms_call_flag}
 */
public record KernelCall(
    Syscall syscall,
    long startNanos,
    long durationNanos,
    List<Long> args,
    long result,
    int tid,
    FileIdentity file,
    long fileSize,
    FileIdentity before,
    long beforeSize,
    int flags) {

  public static final int FLAG_FILE = 1;
  public static final int FLAG_BEFORE = 1 << 1;
  public static final int FLAG_BEFORE_NONE = 1 << 2;
  public static final int FLAG_AFTER_NONE = 1 << 3;
  public static final int FLAG_UNCHECKED = 1 << 4;
  public static final int FLAG_AGENT = 1 << 5;

  public long arg(int index) {
    return args.get(index);
  }

  public long endNanos() {
    return startNanos + durationNanos;
  }

  /** Returns true where the result is an errno. */
  public boolean failed() {
    return result < 0 && result >= -4095;
  }

  /** The positive errno, or 0 for success. */
  public int errno() {
    return failed() ? (int) -result : 0;
  }

  public boolean has(int flag) {
    return (flags & flag) != 0;
  }
}
