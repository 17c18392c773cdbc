package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.context.CodeLookup;
import io.mmapscope.agent.kernel.RingFault;
import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.ledger.PathResolver;
import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Memory;
import io.mmapscope.agent.model.SlowFault;
import io.mmapscope.agent.model.TraceContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Page faults that are spans of their own: finds what they touched and who did. Only for the agent's thread. */
final class SlowFaults {

  /** A program that goes on after its file was truncated is told of once a file. */
  private static final int MOST_LINES = 100;

  /** What the slow faults are completed with. */
  record Tools(ThreadRegistry threads, PathResolver paths, CodeLookup code, Consumer<String> log, long pageSize) {}

  private final Tools tools;
  private final FaultLookup lookup;
  private final Consumer<SlowFault> tell;
  private final List<RingFault> waiting = new ArrayList<>();
  private final Set<String> logged = new HashSet<>();

  SlowFaults(Tools tools, FaultLookup lookup, Consumer<SlowFault> tell) {
    this.tools = tools;
    this.lookup = lookup;
    this.tell = tell;
  }

  void add(RingFault fault) {
    waiting.add(fault);
  }

  int waiting() {
    return waiting.size();
  }

  /** Completes those that ended before a moment. */
  void settle(long before) {
    for (Iterator<RingFault> all = waiting.iterator(); all.hasNext(); ) {
      RingFault fault = all.next();
      if (fault.endNanos() - before < 0) {
        all.remove();
        SlowFault complete = complete(fault);
        tell.accept(complete);
        if (complete.sigbus()) {
          log(complete);
        }
      }
    }
  }

  private SlowFault complete(RingFault fault) {
    boolean found = lookup.find(fault.address(), fault.startNanos(), fault.endNanos(), fault.flags());
    Mapping mapping = found ? lookup.mapping() : null;
    Memory memory = found ? lookup.memory(fault.flags()) : null;
    Thread thread = tools.threads().thread(fault.tid());
    boolean kernelMode = fault.has(Wire.FaultFlag.KERNEL);
    return new SlowFault(
        fault.startNanos(),
        fault.durationNanos(),
        fault.major(),
        kernelMode,
        fault.sigbus(),
        fault.address(),
        mapping,
        memory,
        mapping == null ? -1 : mapping.fileSize(),
        mapping == null || mapping.path() == null ? -1 : tools.paths().size(mapping.path(), mapping.file()),
        thread == null ? -1 : thread.getId(),
        thread == null ? fault.comm() : thread.getName(),
        fault.tid(),
        fault.span() == 0 ? null : new TraceContext(fault.traceHigh(), fault.traceLow(), fault.span(), true),
        kernelMode ? CallSite.UNKNOWN : tools.code().at(fault.instruction(), fault.startNanos()),
        tools.code().stack(fault.stack(), fault.startNanos()));
  }

  /** HotSpot makes an InternalError of it, with no word of the file. */
  private void log(SlowFault fault) {
    Mapping mapping = fault.mapping();
    String file = mapping == null ? null : mapping.path();
    if (logged.size() == MOST_LINES || !logged.add(String.valueOf(file))) {
      return;
    }
    StringBuilder line = new StringBuilder("mmapscope: SIGBUS at 0x").append(Long.toHexString(fault.address()));
    line.append(" in thread ").append(fault.threadName()).append(": ");
    if (mapping == null || !mapping.fileBacked()) {
      tools.log().accept(line.append("what was mapped there is not certain").toString());
      return;
    }
    line.append(file == null ? "a file without a path" : file).append(" has no page at offset ");
    line.append(fault.fileOffset(tools.pageSize()));
    line.append(", it was ").append(bytes(fault.fileSizeThen())).append(" when mapped and is ");
    line.append(bytes(fault.fileSizeNow())).append(" now; mapped by ").append(at(mapping.creator().callSite()));
    tools.log().accept(line.toString());
  }

  private static String bytes(long size) {
    return size < 0 ? "of unknown size" : size + " bytes";
  }

  private static String at(CallSite site) {
    return site.known() ? site.functionName() + (site.line() > 0 ? ":" + site.line() : "") : "unknown code";
  }
}
