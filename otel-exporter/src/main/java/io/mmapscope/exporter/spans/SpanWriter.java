package io.mmapscope.exporter.spans;

import io.mmapscope.agent.model.Errno;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.KernelEvent;
import io.mmapscope.agent.model.Operation;
import io.mmapscope.agent.model.Syscall;
import io.mmapscope.exporter.PathPolicy;
import io.opentelemetry.api.trace.Span;

/** Writes operations and kernel events as spans. For one thread. */
final class SpanWriter {

  private final Spans spans;
  private final PathPolicy paths;

  SpanWriter(Spans spans, PathPolicy paths) {
    this.spans = spans;
    this.paths = paths;
  }

  /** Writes a span within the trace the operation was part of, or one of its own where that was not sampled. */
  void write(Operation operation) {
    Span span = spans.start(operation.name(), operation.trace(), operation.startNanos());
    KnownAttributes attributes = new KnownAttributes();
    writeRange(attributes, operation, Remap.lastOf(operation.kernel()));
    writeKernel(span, attributes, operation);
    attributes
        .code(operation.callSite(), operation.stack())
        .origin(operation.origin())
        .put(Keys.FILE_PATH, paths.shown(operation.path()))
        .putSize(Keys.FILE_SIZE, operation.fileSize())
        .thread(operation.threadId(), operation.threadName());
    spans.end(span, attributes, operation.errorType(), operation.endNanos());
  }

  /**
   * Writes a call outside any operation as a span of its own, with the call's details as its one event. Its
   * {@code thread.id} is the kernel's, for it may be a thread that Java does not know.
   */
  void write(KernelEvent event) {
    KernelCall call = event.call();
    Remap remap = call.syscall() == Syscall.REMAP_FILE_PAGES ? Remap.of(call) : null;
    Span span = spans.start(call.syscall().callName(), null, call.startNanos());
    boolean length = event.lengthBytes() >= 0 || remap == null;
    boolean offset = event.offsetBytes() >= 0 || remap == null;
    KnownAttributes attributes =
        new KnownAttributes()
            .address(event.address() != 0 || remap == null ? event.address() : remap.address())
            .putSize(Keys.LENGTH, length ? event.lengthBytes() : remap.lengthBytes())
            .putSize(Keys.OFFSET, offset ? event.offsetBytes() : remap.offsetBytes());
    writeRemap(attributes, remap);
    attributes
        .put(Keys.KERNEL_CALLS, 1L)
        .putSeconds(Keys.KERNEL_DURATION, call.durationNanos())
        .origin(event.origin())
        .put(Keys.FILE_PATH, paths.shown(event.path()))
        .putSize(Keys.FILE_SIZE, call.fileSize())
        .thread(call.tid(), event.threadName());
    writeCall(span, call);
    spans.end(span, attributes, call.failed() ? Errno.name(call.errno()) : null, call.endNanos());
  }

  private static void writeRange(KnownAttributes attributes, Operation operation, Remap remap) {
    boolean byRemap = remap != null && operation.address() == 0;
    boolean remapOffset = remap != null && operation.offsetBytes() < 0;
    attributes
        .address(byRemap ? remap.address() : operation.address())
        .putSize(Keys.LENGTH, byRemap && operation.lengthBytes() < 0 ? remap.lengthBytes() : operation.lengthBytes())
        .putSize(Keys.OFFSET, remapOffset ? remap.offsetBytes() : operation.offsetBytes())
        .put(Keys.MODE, operation.mode());
    writeRemap(attributes, remap);
  }

  private static void writeRemap(KnownAttributes attributes, Remap remap) {
    if (remap != null) {
      attributes.put(Keys.REMAP_PGOFF, remap.pgoff()).put(Keys.REMAP_CHANGE, remap.change());
    }
  }

  private void writeKernel(Span span, KnownAttributes attributes, Operation operation) {
    Operation.Kernel kernel = operation.kernel();
    if (kernel != null) {
      attributes.put(Keys.KERNEL_CALLS, kernel.count()).putSeconds(Keys.KERNEL_DURATION, kernel.durationNanos());
      for (KernelCall call : kernel.calls()) {
        writeCall(span, call);
      }
    }
    Operation.Faults faults = operation.faults();
    if (faults != null) {
      attributes.faults(faults.minor(), faults.major(), faults.durationNanos());
    }
  }

  private void writeCall(Span span, KernelCall call) {
    KnownAttributes attributes =
        new KnownAttributes()
            .put(Keys.SYSCALL_ARGS, SyscallText.args(call))
            .put(Keys.SYSCALL_RESULT, SyscallText.result(call))
            .putSeconds(Keys.SYSCALL_DURATION, call.durationNanos());
    writeRemap(attributes, call.syscall() == Syscall.REMAP_FILE_PAGES ? Remap.of(call) : null);
    spans.event(span, call.syscall().callName(), attributes, call.startNanos());
  }
}
