package java.lang;

/** An agent's state of one platform thread. Only that thread touches it. */
public final class MmapscopeThread {

  /** Whose it is: {@link MmapscopeRuntime#session}. */
  final int session;

  /** Address of the thread's slot, or 0 where it has none. */
  final long slot;

  /** The trace context that the application has made current on it. */
  final MmapscopeContext context;

  /** True while a virtual thread runs on it whose mount was seen: the slot has that one's context, not this. */
  boolean mounted;

  /** True while the agent itself works on this thread, and always on the agent's own threads. */
  boolean quiet;

  /** True on a thread of the JDK's with no frame of the application: its stack need not be walked. */
  boolean jdks;

  /** Number of the call site that is calling into the JDK right now, or 0; see {@link MmapscopeHooks#at}. */
  int callSite;

  /** The trace id last seen as text, and its value: the same request asks again and again. */
  public String traceText;

  public long traceHigh;
  public long traceLow;

  /** The span id last seen as text, and its value. */
  public String spanText;

  public long span;

  MmapscopeThread(int session, long slot) {
    this.session = session;
    this.slot = slot;
    this.context = new MmapscopeContext(session, slot);
  }
}
