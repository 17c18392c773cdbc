package io.mmapscope.agent.kernel;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/** Threads' ids without native code. */
final class ThreadId {

  private static final File TASKS = new File("/proc/self/task");

  private ThreadId() {}

  /** Those of all threads of this process there are now; none where they cannot be read. */
  static Set<String> all() {
    String[] names = TASKS.list();
    // Not Set.of: where threads end meanwhile, the kernel may list one twice.
    return names == null ? Set.of() : new HashSet<>(Arrays.asList(names));
  }

  /** From {@code /proc/thread-self}, which points to {@code PID/task/TID}. */
  static int fromProc() {
    try {
      return Integer.parseInt(Files.readSymbolicLink(Path.of("/proc/thread-self")).getFileName().toString());
    } catch (IOException e) {
      throw new UncheckedIOException("no thread id: cannot read /proc/thread-self", e);
    }
  }
}
