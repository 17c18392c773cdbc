package io.mmapscope.agent.model;

/**
 * A live mapping or a piece of one: contiguous addresses, one file (or none), one creator. Immutable.
 *
 * @param start first byte
 * @param end byte after the last; both are multiples of the page size
 * @param fileOffset bytes in the file at {@code start}; 0 for anonymous memory
 * @param file the file's identity, or null for anonymous memory or where the kernel could not be asked
 * @param path absolute path, or null for anonymous memory or where it is not certain
 * @param creator who made it
 * @param fileSize bytes of the file when it was mapped, or -1
 */
public record Mapping(
    long start, long end, long fileOffset, FileIdentity file, String path, Creator creator, long fileSize) {

  /** One whose file's size is not known. */
  public Mapping(long start, long end, long fileOffset, FileIdentity file, String path, Creator creator) {
    this(start, end, fileOffset, file, path, creator, -1);
  }

  /**
   * Who made a mapping, and when. All pieces of one mapping share it.
   *
   * @param owner whose doing
   * @param callSite the application frame, or {@link CallSite#UNKNOWN}
   * @param threadId Java thread id, or -1
   * @param threadName thread name, or null
   * @param trace the application's span at the time, or null
   * @param nanos {@link System#nanoTime()} when made, or 0 where it is older than the agent
   */
  public record Creator(
      Owner owner, CallSite callSite, long threadId, String threadName, TraceContext trace, long nanos) {}

  public long lengthBytes() {
    return end - start;
  }

  /** Returns true for a mapping of a file. */
  public boolean fileBacked() {
    return path != null || file != null;
  }
}
