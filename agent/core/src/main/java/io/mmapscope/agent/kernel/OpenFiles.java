package io.mmapscope.agent.kernel;

import java.io.IOException;
import java.nio.file.Path;

/** How many descriptors the agent may take, so that the application does not run out of them. */
final class OpenFiles {

  /** Of the process's limit. */
  private static final int SHARE = 8;

  private static final String LINE = "Max open files";

  private OpenFiles() {}

  /** Throws where that many are more than the agent's share; a limit that cannot be read is none. */
  static void checkRoomFor(long descriptors) throws IOException {
    checkRoomFor(descriptors, Path.of("/proc/self/limits"));
  }

  static void checkRoomFor(long descriptors, Path limits) throws IOException {
    long limit = limit(limits);
    if (descriptors > limit / SHARE) {
      throw new IOException(
          "perf events would take " + descriptors + " of " + limit + " descriptors, raise the limit of open files");
    }
  }

  /** The soft limit: of those columns after the name the first. */
  private static long limit(Path limits) {
    try {
      for (String line : ProcFile.lines(limits)) {
        if (line.startsWith(LINE)) {
          String soft = line.substring(LINE.length()).strip().split(" ")[0];
          return soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft);
        }
      }
    } catch (IOException | NumberFormatException unknown) {
      return Long.MAX_VALUE;
    }
    return Long.MAX_VALUE;
  }
}
