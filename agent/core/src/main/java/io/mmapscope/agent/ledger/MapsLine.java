package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.FileIdentity;

/**
 * One line of {@code /proc/PID/maps}: one VMA of the kernel.
 *
 * @param start first byte
 * @param end byte after the last
 * @param permissions four characters, e.g. {@code r-xp}; the last is {@code s} for shared, {@code p} for private
 * @param offset bytes in the file at {@code start}; 0 for anonymous memory
 * @param file the file's identity; null for anonymous memory, shared anonymous memory included
 * @param name what the kernel calls it: a path, {@code [stack]}, {@code anon_inode:…}; empty where it has no name.
 *     Newlines are decoded, the mark of a deleted file is taken off
 * @param deleted true where the file has no name in the file system any more
 */
public record MapsLine(
    long start, long end, String permissions, long offset, FileIdentity file, String name, boolean deleted) {

  /** The file's absolute path, or null for anonymous memory and files without one. */
  public String path() {
    return file != null && name.startsWith("/") ? name : null;
  }

  /** True where instructions can be run from it. */
  public boolean executable() {
    return permissions.charAt(2) == 'x';
  }

  long distance() {
    return file == null ? 0 : offset - start;
  }

  /** True where both are of the same file, and {@code next} begins in address and file where this ends. */
  boolean continuedBy(MapsLine next) {
    return file != null && file.equals(next.file) && end == next.start && distance() == next.distance();
  }
}
