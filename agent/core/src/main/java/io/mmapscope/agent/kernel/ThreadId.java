package io.mmapscope.agent.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The calling thread's id without native code. */
final class ThreadId {

  private ThreadId() {}

  /** From {@code /proc/thread-self}, which points to {@code PID/task/TID}. */
  static int fromProc() {
    try {
      return Integer.parseInt(Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString());
    } catch (IOException e) {
      throw new UncheckedIOException("no thread id: cannot read /proc/thread-self", e);
    }
  }
}
