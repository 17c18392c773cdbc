package io.mmapscope.agent.model;

/**
 * One logical event and the way its hook was attached.
 *
 * @param event the logical event, e.g. {@code mmap}
 * @param way the way taken, e.g. {@code tracepoint}, or null where none could be
 * @param target what it is attached to, e.g. {@code syscalls/sys_enter_mmap}, or null
 * @param reason why the ways preferred to this one, or all ways, failed: call, errno and remedy; empty when none did
 */
public record HookStatus(String event, String way, String target, String reason) {
  public boolean attached() {
    return way != null;
  }
}
