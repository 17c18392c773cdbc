package io.mmapscope.e2e.programs;

/**
 * What the kernel itself counts of this thread's page faults, between {@link #begin} and {@link #end}: {@code
 * getrusage(2)} with {@code RUSAGE_THREAD}. Neither allocates, so that the JVM adds no faults of its own. For one thread.
 */
final class FaultJudge {

  private static final int SIZE = 144; // struct rusage
  private static final int MINOR_AT = 64;
  private static final int MAJOR_AT = 72;

  private final long usage = Buffers.UNSAFE.allocateMemory(SIZE);
  private long minorBefore;
  private long majorBefore;
  private long minor;
  private long major;

  void begin() {
    Libc.getrusage(Libc.RUSAGE_THREAD, usage);
    minorBefore = Buffers.UNSAFE.getLong(usage + MINOR_AT);
    majorBefore = Buffers.UNSAFE.getLong(usage + MAJOR_AT);
    // Once more, so that nothing of the way back from the first call is new.
    Libc.getrusage(Libc.RUSAGE_THREAD, usage);
    minorBefore = Buffers.UNSAFE.getLong(usage + MINOR_AT);
    majorBefore = Buffers.UNSAFE.getLong(usage + MAJOR_AT);
  }

  void end() {
    Libc.getrusage(Libc.RUSAGE_THREAD, usage);
    minor = Buffers.UNSAFE.getLong(usage + MINOR_AT) - minorBefore;
    major = Buffers.UNSAFE.getLong(usage + MAJOR_AT) - majorBefore;
  }

  /** Faults between the last {@link #begin} and {@link #end}. */
  long minor() {
    return minor;
  }

  long major() {
    return major;
  }
}
