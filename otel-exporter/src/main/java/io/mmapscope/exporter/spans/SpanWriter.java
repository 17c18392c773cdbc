package io.mmapscope.exporter.spans;

import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.Errno;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.KernelEvent;
import io.mmapscope.agent.model.Operation;
import io.mmapscope.agent.model.Syscall;
import io.mmapscope.agent.model.TraceContext;
import io.mmapscope.agent.spi.AgentView;
import io.mmapscope.exporter.PathPolicy;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.concurrent.TimeUnit;

/**
 * Writes operations and kernel events as spans. What is not known is left out: an attribute that is there was seen, and
 * a 0 is a real 0. For one thread.
 */
final class SpanWriter {

  private final Tracer tracer;
  private final AgentView view;
  private final PathPolicy paths;

  SpanWriter(Tracer tracer, AgentView view) {
    this.tracer = tracer;
    this.view = view;
    this.paths = new PathPolicy(view.settings().filePaths());
  }

  /** Writes a span within the trace the operation was part of, or one of its own where that was not sampled. */
  void write(Operation operation) {
    Span span = start(operation.name(), parent(operation.trace()), operation.startNanos());
    Remap remap = Remap.lastOf(operation.kernel());
    writeRange(span, operation, remap);
    writeKernel(span, operation);
    writeCallSite(span, operation);
    writeOrigin(span, operation.origin());
    put(span, Keys.FILE_PATH, paths.shown(operation.path()));
    putKnown(span, Keys.FILE_SIZE, operation.fileSize());
    span.setAttribute(Keys.THREAD_ID, operation.threadId());
    put(span, Keys.THREAD_NAME, operation.threadName());
    end(span, operation.errorType(), operation.endNanos());
  }

  /**
   * Writes a call outside any operation as a span of its own, with the call's details as its one event. Its
   * {@code thread.id} is the kernel's, for it may be a thread that Java does not know.
   */
  void write(KernelEvent event) {
    KernelCall call = event.call();
    Remap remap = call.syscall() == Syscall.REMAP_FILE_PAGES ? Remap.of(call) : null;
    Span span = start(call.syscall().callName(), Context.root(), call.startNanos());
    putAddress(span, event.address() != 0 || remap == null ? event.address() : remap.address());
    putKnown(span, Keys.LENGTH, event.lengthBytes() >= 0 || remap == null ? event.lengthBytes() : remap.lengthBytes());
    putKnown(span, Keys.OFFSET, event.offsetBytes() >= 0 || remap == null ? event.offsetBytes() : remap.offsetBytes());
    writeRemap(span, remap);
    span.setAttribute(Keys.KERNEL_CALLS, 1L);
    span.setAttribute(Keys.KERNEL_DURATION, seconds(call.durationNanos()));
    writeCall(span, call);
    writeOrigin(span, event.origin());
    put(span, Keys.FILE_PATH, paths.shown(event.path()));
    putKnown(span, Keys.FILE_SIZE, call.fileSize());
    span.setAttribute(Keys.THREAD_ID, (long) call.tid());
    put(span, Keys.THREAD_NAME, event.threadName());
    end(span, call.failed() ? Errno.name(call.errno()) : null, call.endNanos());
  }

  private Span start(String name, Context parent, long startNanos) {
    SpanBuilder builder = tracer.spanBuilder(name).setParent(parent).setSpanKind(SpanKind.INTERNAL);
    return builder.setStartTimestamp(view.epochNanos(startNanos), TimeUnit.NANOSECONDS).startSpan();
  }

  private void end(Span span, String errorType, long endNanos) {
    if (errorType != null) {
      span.setAttribute(Keys.ERROR_TYPE, errorType);
      span.setStatus(StatusCode.ERROR);
    }
    span.end(view.epochNanos(endNanos), TimeUnit.NANOSECONDS);
  }

  /** Explicit, by ids: this tracer and the application's share no context. */
  private static Context parent(TraceContext trace) {
    if (!SpanRules.inSampledTrace(trace)) {
      return Context.root();
    }
    SpanContext parent =
        SpanContext.createFromRemoteParent(
            trace.traceId(), trace.spanIdHex(), TraceFlags.getSampled(), TraceState.getDefault());
    return Context.root().with(Span.wrap(parent));
  }

  private static void writeRange(Span span, Operation operation, Remap remap) {
    boolean byRemap = remap != null && operation.address() == 0;
    putAddress(span, byRemap ? remap.address() : operation.address());
    putKnown(span, Keys.LENGTH, byRemap && operation.lengthBytes() < 0 ? remap.lengthBytes() : operation.lengthBytes());
    boolean remapOffset = remap != null && operation.offsetBytes() < 0;
    putKnown(span, Keys.OFFSET, remapOffset ? remap.offsetBytes() : operation.offsetBytes());
    put(span, Keys.MODE, operation.mode());
    writeRemap(span, remap);
  }

  private static void writeRemap(Span span, Remap remap) {
    if (remap != null) {
      span.setAttribute(Keys.REMAP_PGOFF, remap.pgoff());
      put(span, Keys.REMAP_CHANGE, remap.change());
    }
  }

  private void writeKernel(Span span, Operation operation) {
    Operation.Kernel kernel = operation.kernel();
    if (kernel != null) {
      span.setAttribute(Keys.KERNEL_CALLS, kernel.count());
      span.setAttribute(Keys.KERNEL_DURATION, seconds(kernel.durationNanos()));
      for (KernelCall call : kernel.calls()) {
        writeCall(span, call);
      }
    }
    Operation.Faults faults = operation.faults();
    if (faults != null) {
      span.setAttribute(Keys.FAULTS_MINOR, faults.minor());
      span.setAttribute(Keys.FAULTS_MAJOR, faults.major());
      span.setAttribute(Keys.FAULTS_DURATION, seconds(faults.durationNanos()));
    }
  }

  private void writeCall(Span span, KernelCall call) {
    AttributesBuilder attributes =
        Attributes.builder()
            .put(Keys.SYSCALL_ARGS, SyscallText.args(call))
            .put(Keys.SYSCALL_RESULT, SyscallText.result(call))
            .put(Keys.SYSCALL_DURATION, seconds(call.durationNanos()));
    if (call.syscall() == Syscall.REMAP_FILE_PAGES) {
      Remap remap = Remap.of(call);
      attributes.put(Keys.REMAP_PGOFF, remap.pgoff());
      if (remap.change() != null) {
        attributes.put(Keys.REMAP_CHANGE, remap.change());
      }
    }
    long at = view.epochNanos(call.startNanos());
    span.addEvent(call.syscall().callName(), attributes.build(), at, TimeUnit.NANOSECONDS);
  }

  private static void writeCallSite(Span span, Operation operation) {
    CallSite site = operation.callSite();
    if (site.known()) {
      span.setAttribute(Keys.CODE_FUNCTION, site.functionName());
      put(span, Keys.CODE_FILE, site.fileName());
      putKnown(span, Keys.CODE_LINE, site.line());
    }
    if (!operation.stack().frames().isEmpty()) {
      span.setAttribute(Keys.CODE_STACKTRACE, StackText.of(operation.stack()));
    }
  }

  private static void writeOrigin(Span span, CallSite origin) {
    if (origin.known()) {
      span.setAttribute(Keys.ORIGIN_FUNCTION, origin.functionName());
      putKnown(span, Keys.ORIGIN_LINE, origin.line());
    }
  }

  private static void putAddress(Span span, long address) {
    if (address != 0) {
      span.setAttribute(Keys.ADDRESS, SyscallText.hex(address));
    }
  }

  private static void put(Span span, AttributeKey<String> key, String value) {
    if (value != null) {
      span.setAttribute(key, value);
    }
  }

  /** Sizes, offsets and lines are negative where they are not known. */
  private static void putKnown(Span span, AttributeKey<Long> key, long value) {
    if (value >= 0) {
      span.setAttribute(key, value);
    }
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }
}
