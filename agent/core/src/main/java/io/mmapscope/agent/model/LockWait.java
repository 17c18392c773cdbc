package io.mmapscope.agent.model;

/**
 * A thread waited for the lock of the process's memory map ({@code mmap_lock}), which mapping and unmapping hold for
 * themselves.
 *
 * @param activity what it wanted it for: {@code page_fault}, the name of a system call, or {@code other}
 * @param callSite behind the system call, or of the mapping that was touched; or {@link CallSite#UNKNOWN}
 * @param durationNanos how long it waited
 */
public record LockWait(String activity, CallSite callSite, long durationNanos) {}
