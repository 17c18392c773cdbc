package io.mmapscope.agent.hotpath.telemetry.context;

/** The methods that matter of the class of this name in OpenTelemetry 1.63. */
public final class ThreadLocalContextStorage {

  private static final ThreadLocal<Context> CURRENT = new ThreadLocal<>();

  private ThreadLocalContextStorage() {}

  public static AutoCloseable attach(Context context) {
    Context before = CURRENT.get();
    CURRENT.set(context);
    return new ScopeImpl(before);
  }

  private static final class ScopeImpl implements AutoCloseable {
    private final Context before;

    ScopeImpl(Context before) {
      this.before = before;
    }

    @Override
    public void close() {
      CURRENT.set(before);
    }
  }
}
