package io.mmapscope.agent.model;

/**
 * A file as the kernel knows it. Two mappings with the same identity are of the same file, whatever path led there.
 *
 * @param deviceMajor major number, as in {@code /proc/self/maps}
 * @param deviceMinor minor number
 * @param inode inode number
 */
public record FileIdentity(int deviceMajor, int deviceMinor, long inode) {

  /** From the kernel's own dev_t, {@code major << 20 | minor}. */
  public static FileIdentity ofKernel(int device, long inode) {
    return new FileIdentity(device >>> 20, device & 0xfffff, inode);
  }

  /** Written out, as {@link #hashCode}: the JVM's own for records costs the start of the JVM 15 ms at its first use. */
  @Override
  public boolean equals(Object other) {
    return other instanceof FileIdentity file
        && inode == file.inode
        && deviceMajor == file.deviceMajor
        && deviceMinor == file.deviceMinor;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * deviceMajor + deviceMinor) + Long.hashCode(inode);
  }
}
