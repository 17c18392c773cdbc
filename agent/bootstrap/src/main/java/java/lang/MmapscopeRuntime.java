package java.lang;

/** What the hot path asks of the rest of the agent, which lives in a class loader that java.base cannot see. */
public abstract class MmapscopeRuntime {

  /** Which agent of this JVM it is, from 1; set once, before any advice sees it, as are the next two. */
  int session;

  MmapscopeCells cells;

  /** Address of the first slot, or 0. */
  long slots;

  /** Whether the application's trace contexts are followed into the slots. */
  volatile boolean followsContexts;

  protected MmapscopeRuntime() {}

  /** Number of the thread slot of the current carrier thread, entered in the kernel's table, or -1 for none. */
  public abstract int registerThread(Thread carrier);

  /**
   * Number of the interned call site: the first frame of the current stack that is neither the JDK's nor ours; or 0.
   *
   * @param skipped how many such frames to pass over: 1 in a library's method, whose call site is its caller
   */
  public abstract int callSite(int skipped);

  /**
   * Writes the trace and span id that are current into three longs at {@code address}: trace high, trace low, span.
   *
   * @return {@link MmapscopeCells#TRACED}, with {@link MmapscopeCells#SAMPLED} where it is sampled; 0 for none
   */
  public abstract int trace(MmapscopeThread thread, long address);

  /**
   * The class file of a reader for one copy of OpenTelemetry, in its package: {@code static void read(Object context,
   * MmapscopeContext to)} calls {@link MmapscopeContext#put} with what the copy's own API says of a context.
   *
   * @param storage name of its class {@code ThreadLocalContextStorage}
   */
  public abstract byte[] contextReader(String storage);

  /** Frames of the current stack to keep for a span of this duration and these cell flags, or null for none. */
  public abstract Object stack(long durationNanos, int flags);

  /** Counts what was caught; never throws. */
  public abstract void failed(Throwable failure);
}
