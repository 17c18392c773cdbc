package io.mmapscope.agent;

import io.mmapscope.agent.config.Settings;
import io.mmapscope.agent.context.CallSites;
import io.mmapscope.agent.context.TraceReader;
import io.mmapscope.agent.instrument.ContextReader;
import io.mmapscope.agent.pipeline.Accounts;
import io.mmapscope.agent.pipeline.ThreadRegistry;

/** What the woven advice asks of the agent, on the application's threads. */
final class HotPath extends MmapscopeRuntime {

  private final ThreadRegistry threads;
  private final CallSites callSites;
  private final TraceReader traces;
  private final Accounts accounts;
  private final long spanMinNanos;
  private final int stackDepth;

  HotPath(Settings settings, ThreadRegistry threads, CallSites callSites, TraceReader traces, Accounts accounts) {
    this.threads = threads;
    this.callSites = callSites;
    this.traces = traces;
    this.accounts = accounts;
    this.spanMinNanos = settings.spanMinDuration().toNanos();
    this.stackDepth = settings.tracesExporter().equals("none") ? 0 : settings.stackDepth();
  }

  @Override
  public int registerThread(Thread carrier) {
    int slot = threads.register(carrier);
    if (slot < 0 && threads.active()) {
      accounts.unattributed("no_thread_slot", 1);
    }
    return slot;
  }

  @Override
  public int callSite(int skipped) {
    return callSites.numberOf(callSites.current(skipped));
  }

  @Override
  public int trace(MmapscopeThread thread, long address) {
    return traces.read(thread, address);
  }

  @Override
  public byte[] contextReader(String storage) {
    return ContextReader.classFile(storage);
  }

  @Override
  public Object stack(long durationNanos, int flags) {
    boolean span = durationNanos >= spanMinNanos || (flags & MmapscopeCells.SAMPLED) != 0;
    return span && stackDepth > 0 ? callSites.stack(stackDepth) : null;
  }

  @Override
  public void failed(Throwable failure) {
    accounts.failure("operation", failure);
  }
}
