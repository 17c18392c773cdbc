package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.context.CompiledCode;
import io.mmapscope.agent.kernel.RingFault;
import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.ledger.PathResolver;
import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Memory;
import io.mmapscope.agent.model.SlowFault;
import io.mmapscope.agent.model.TraceContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Page faults that are spans of their own: finds what they touched and who did. Only for the agent's thread. */
final class SlowFaults {

  /** A program that goes on after its file was truncated is told of once a file. */
  private static final int MOST_LINES = 100;

  /** How long one may wait until it can be said whose code it was: a few readings of the list of compiled methods. */
  private static final long LONGEST_WAIT_NANOS = 3_000_000_000L;

  private static final int MOST_WITHOUT_CODE = 1024;

  /** What the slow faults are completed with. */
  record Tools(ThreadRegistry threads, PathResolver paths, CompiledCode code, Consumer<String> log, long pageSize) {}

  /** One of which all is known but the code that touched the page. */
  private record WithoutCode(SlowFault fault, long instruction, long[] stack) {}

  private final Tools tools;
  private final FaultLookup lookup;
  private final Consumer<SlowFault> tell;
  private final List<RingFault> waiting = new ArrayList<>();
  private final Deque<WithoutCode> withoutCode = new ArrayDeque<>();
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

  /**
   * Completes those that ended before a moment, as far as the ledger is concerned.
   *
   * @param replaced the moment for those that ended while mappings were being replaced
   * @param overdue those that ended before this wait no longer
   */
  void settle(long before, long replaced, long overdue) {
    for (Iterator<RingFault> all = waiting.iterator(); all.hasNext(); ) {
      RingFault fault = all.next();
      boolean certain = fault.endNanos() - (fault.has(Wire.FaultFlag.CHANGING) ? replaced : before) < 0;
      if (certain || fault.endNanos() - overdue < 0) {
        all.remove();
        SlowFault complete = complete(fault, certain);
        withoutCode.add(new WithoutCode(complete, fault.instruction(), fault.stack()));
        if (complete.sigbus()) {
          log(complete);
        }
      }
    }
  }

  /** Tells of those whose code is known, or will not become known soon. */
  void tell(long now) {
    WithoutCode next;
    while ((next = withoutCode.peek()) != null
        && (next.fault.kernelMode()
            || withoutCode.size() > MOST_WITHOUT_CODE
            || now - next.fault.startNanos() - next.fault.durationNanos() > LONGEST_WAIT_NANOS
            || tools.code().settled(next.instruction, next.fault.startNanos()))) {
      tellFirst();
    }
  }

  /** Tells of all that are left: nothing more is to come. */
  void finish() {
    while (!withoutCode.isEmpty()) {
      tellFirst();
    }
  }

  private void tellFirst() {
    WithoutCode first = withoutCode.remove();
    long nanos = first.fault.startNanos();
    tell.accept(
        first.fault.withCode(
            first.fault.kernelMode() ? CallSite.UNKNOWN : tools.code().at(first.instruction, nanos),
            first.fault.kernelMode() ? CallSite.Stack.NONE : tools.code().stack(first.stack, nanos)));
  }

  private SlowFault complete(RingFault fault, boolean certain) {
    boolean found = certain && lookup.find(fault.address(), fault.startNanos(), fault.endNanos());
    Mapping mapping = found ? lookup.mapping() : null;
    Memory memory = found ? lookup.memory(fault.flags()) : null;
    Thread thread = tools.threads().thread(fault.tid());
    return new SlowFault(
        fault.startNanos(),
        fault.durationNanos(),
        fault.major(),
        fault.has(Wire.FaultFlag.KERNEL),
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
        CallSite.UNKNOWN,
        CallSite.Stack.NONE);
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
