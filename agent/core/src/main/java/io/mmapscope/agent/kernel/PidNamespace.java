package io.mmapscope.agent.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * This process as {@code bpf_get_ns_current_pid_tgid} knows it.
 *
 * @param kernelDevice device of the PID namespace's file in the kernel's encoding, {@code major << 20 | minor}: the
 *     helper compares it with a dev_t, not with what stat(2) gives
 * @param inode inode of that file
 * @param tgid process id in the namespace
 */
record PidNamespace(long kernelDevice, long inode, int tgid) {

  static PidNamespace current(LibC libc) throws IOException {
    Map<String, Object> stat = Files.readAttributes(Path.of("/proc/self/ns/pid"), "unix:dev,ino");
    return new PidNamespace(kernelDevice((Long) stat.get("dev")), (Long) stat.get("ino"), libc.getpid());
  }

  /** From glibc's dev_t, whose major is bits 8–19 and 32–63, and whose minor is bits 0–7 and 20–31. */
  static long kernelDevice(long device) {
    long major = device >>> 8 & 0xfff | device >>> 32 & ~0xfffL;
    long minor = device & 0xff | device >>> 12 & ~0xffL & 0xffffffffL;
    return major << 20 | minor;
  }
}
