package io.mmapscope.exporter.spans;

import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.PageSize;
import io.mmapscope.agent.model.SlowFault;
import io.mmapscope.agent.model.Stall;
import io.mmapscope.exporter.Console;
import io.mmapscope.exporter.FaultKind;
import io.mmapscope.exporter.PathPolicy;
import io.opentelemetry.api.trace.Span;
import java.util.ArrayList;
import java.util.List;

/** Writes page faults as spans: each slow one, and all that one span of the application waited for. For one thread. */
final class FaultSpans {

  private static final long PAGE = PageSize.ofSystem();

  private final Spans spans;
  private final PathPolicy paths;

  FaultSpans(Spans spans, PathPolicy paths) {
    this.spans = spans;
    this.paths = paths;
  }

  /** Writes {@code page_fault}, within the application's span where that is known. */
  void write(SlowFault fault) {
    Span span = spans.start("page_fault", fault.trace(), fault.startNanos());
    Mapping mapping = fault.mapping();
    boolean javaThread = fault.threadId() >= 0;
    KnownAttributes attributes =
        place(fault)
            .putSize(Keys.LENGTH, mapping == null ? -1 : mapping.lengthBytes())
            .put(Keys.MEMORY, fault.memory() == null ? null : fault.memory().tag())
            .put(Keys.FAULT_MODE, FaultKind.mode(fault.kernelMode()))
            .code(fault.code(), fault.stack())
            .thread(javaThread ? fault.threadId() : fault.tid(), fault.threadName());
    if (fault.sigbus()) {
      KnownAttributes lengths = place(fault).putSize(Keys.FILE_SIZE_MAPPED, fault.fileSizeThen());
      spans.event(span, "mmap.sigbus", lengths, fault.startNanos());
    } else {
      attributes
          .put(Keys.FAULT_TYPE, FaultKind.type(fault.major()))
          .faults(fault.major() ? 0 : 1, fault.major() ? 1 : 0, fault.durationNanos());
    }
    spans.end(span, attributes, fault.sigbus() ? "SIGBUS" : null, fault.startNanos() + fault.durationNanos());
  }

  /** Writes {@code page_faults} within the application's span, with an event for each of the dearest files. */
  void write(Stall stall) {
    Span span = spans.start("page_faults", stall.trace(), stall.startNanos());
    List<String> files = new ArrayList<>();
    for (Stall.File file : stall.files()) {
      files.add(line(file));
      KnownAttributes attributes =
          new KnownAttributes()
              .put(Keys.FILE_PATH, paths.shown(file.path()))
              .put(Keys.FAULTS, file.faults())
              .putSeconds(Keys.FAULTS_DURATION, file.durationNanos())
              .origin(file.callSite());
      spans.event(span, "page_faults.file", attributes, stall.startNanos());
    }
    KnownAttributes attributes =
        new KnownAttributes()
            .faults(stall.minor(), stall.major(), stall.durationNanos())
            .put(Keys.FAULTS_FILES, files.isEmpty() ? null : files);
    spans.end(span, attributes, null, stall.endNanos());
  }

  private KnownAttributes place(SlowFault fault) {
    KnownAttributes place =
        new KnownAttributes().address(fault.address()).putSize(Keys.FILE_SIZE, fault.fileSizeNow());
    Mapping mapping = fault.mapping();
    return mapping == null
        ? place
        : place
            .putSize(Keys.OFFSET, fault.fileOffset(PAGE))
            .put(Keys.FILE_PATH, paths.shown(mapping.path()))
            .origin(mapping.creator().callSite());
  }

  /** For those that look at a trace, many of whose pages show no events: {@code _1p.fdt 12 faults 48.2 ms}. */
  private String line(Stall.File file) {
    String shown = paths.shown(file.path());
    String name = shown == null ? "" : shown.substring(shown.lastIndexOf('/') + 1) + " ";
    String faults = file.faults() == 1 ? " fault " : " faults ";
    return name + file.faults() + faults + Console.duration(file.durationNanos());
  }
}
