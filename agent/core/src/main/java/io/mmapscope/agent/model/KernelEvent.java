package io.mmapscope.agent.model;

/**
 * A memory-mapping system call outside any operation: a native library's, the JVM's or the agent's own.
 *
 * @param call the call
 * @param owner whose doing it is
 * @param threadName the kernel's name of the thread, at most 15 bytes
 * @param path file behind the range, absolute, or null where there is none or it is not certain
 * @param address first byte of the range it made or touched; 0 where there is none
 * @param lengthBytes length of that range; -1 where there is none
 * @param offsetBytes offset in the file; -1 where there is none
 * @param origin call site of the mapping that the range belonged to, or {@link CallSite#UNKNOWN}
 */
public record KernelEvent(
    KernelCall call,
    Owner owner,
    String threadName,
    String path,
    long address,
    long lengthBytes,
    long offsetBytes,
    CallSite origin) {}
