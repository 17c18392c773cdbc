package io.mmapscope.agent.kernel;

import java.io.IOException;
import java.nio.file.Path;

/** How many page faults the kernel has counted for this process since it began, those of threads that ended as well. */
public final class ProcessFaults {

  private static final Path STAT = Path.of("/proc/self/stat");

  /** Of the fields after the name in parentheses: minflt, majflt, see proc(5). */
  private static final int MINFLT = 7;

  private static final int MAJFLT = 9;

  private ProcessFaults() {}

  /** Minor and major; 0 where they cannot be read. */
  public static long[] read() {
    try {
      String line = ProcFile.read(STAT);
      String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
      return new long[] {Long.parseLong(fields[MINFLT]), Long.parseLong(fields[MAJFLT])};
    } catch (IOException notReadable) {
      return new long[2];
    }
  }
}
