package io.mmapscope.agent;

import io.mmapscope.agent.config.BuildInfo;
import io.mmapscope.agent.config.ExporterSummary;
import io.mmapscope.agent.config.Settings;
import io.mmapscope.agent.context.CallSites;
import io.mmapscope.agent.context.CompiledCode;
import io.mmapscope.agent.context.TraceReader;
import io.mmapscope.agent.control.MappingList;
import io.mmapscope.agent.instrument.ClassWatcher;
import io.mmapscope.agent.instrument.ContextWatcher;
import io.mmapscope.agent.instrument.DirectMemoryWatcher;
import io.mmapscope.agent.instrument.LibraryMethods;
import io.mmapscope.agent.ledger.DirectMemory;
import io.mmapscope.agent.ledger.Ledger;
import io.mmapscope.agent.ledger.MemoryKinds;
import io.mmapscope.agent.ledger.OwnerClassifier;
import io.mmapscope.agent.ledger.PathResolver;
import io.mmapscope.agent.ledger.ResidencySampler;
import io.mmapscope.agent.model.PageSize;
import io.mmapscope.agent.pipeline.Accounts;
import io.mmapscope.agent.pipeline.Doubt;
import io.mmapscope.agent.pipeline.Faults;
import io.mmapscope.agent.pipeline.Joiner;
import io.mmapscope.agent.pipeline.Pipeline;
import io.mmapscope.agent.pipeline.ThreadRegistry;
import java.lang.instrument.Instrumentation;
import java.util.function.Supplier;

/**
 * Puts the agent together, each part with what it needs of the others, and sets it going. Apart from {@link Agent},
 * because it can only be loaded when the classes in java.base are there.
 */
final class Assembly {

  private static final long LONGEST_OPERATIONS_NANOS = 1_000_000_000;

  private Assembly() {}

  /** Sets it going. Where that fails, what was begun is ended again. */
  static Running begin(Settings settings, Instrumentation instrumentation) {
    Accounts accounts = new Accounts(System.err::println);
    Ends ends = new Ends(accounts);
    try {
      return begin(settings, instrumentation, accounts, ends);
    } catch (Throwable failure) {
      ends.run();
      throw failure;
    }
  }

  private static Running begin(Settings settings, Instrumentation instrumentation, Accounts accounts, Ends ends) {
    CallSites callSites = new CallSites(MmapscopeGate.callSites());
    LibraryMethods libraries = new LibraryMethods(settings.operations());
    TraceReader traces = new TraceReader(accounts::failure);
    ClassWatcher watcher =
        new ClassWatcher(libraries, callSites::number, TraceReader.RECOGNISED, traces::found, accounts::failure);
    ends.add("weaving", () -> watcher.leave(instrumentation));
    // Before the kernel's events: in a JVM that maps already, each call seen then is of an operation.
    watcher.install(instrumentation);
    KernelPart kernel = KernelPart.open(settings, instrumentation);
    ends.add("kernel part", kernel::close);
    int pageSize = PageSize.ofSystem();
    Ledger ledger = new Ledger(pageSize);
    ends.add("hot path", () -> MmapscopeGate.forget(callSites.close()));
    ThreadRegistry threads = kernel.threads();
    HotPath hotPath = new HotPath(settings, threads, callSites, traces, accounts);
    MmapscopeCells cells =
        MmapscopeGate.open(
            hotPath, Math.min(settings.queueSize(), MmapscopeCells.MAX_CELLS), kernel.slotsAddress());
    // With a kernel part, the calls of a refused operation come through the ring.
    Doubt doubt = new Doubt(() -> kernel.active() ? kernel.lostCalls() : cells.refused());
    MapsReading maps = new MapsReading(ledger, doubt, accounts, kernel.active());
    Joiner joiner =
        new Joiner(
            new Joiner.Tools(
                callSites,
                libraries,
                ledger,
                new PathResolver(),
                new OwnerClassifier(MapsReading::readMemory, maps::lines),
                accounts,
                doubt,
                settings.spanMinDuration().toNanos(),
                pageSize,
                kernel.active(),
                kernel.attached("page_fault")));
    DiagnosticCommands commands = new DiagnosticCommands(instrumentation, accounts::failure);
    boolean operations = !settings.operations().isEmpty();
    Faults.Tools faults =
        new Faults.Tools(
            kernel.faults(),
            ledger,
            doubt,
            new MemoryKinds(commands::run, maps::lines),
            new DirectMemory(),
            threads,
            new PathResolver(),
            new CompiledCode(commands::run, callSites),
            accounts,
            operations ? kernel.slotsAddress() : 0,
            threads::used,
            settings.faultMinDuration().toNanos(),
            pageSize,
            System.err::println);
    Pipeline pipeline =
        new Pipeline(cells, kernel.ring(), joiner, doubt, accounts, faults, settings.queueSize());
    ResidencySampler residency = new ResidencySampler(ledger, pageSize, accounts::failure);
    View view = new View(settings, BuildInfo.load(), ledger, cells, kernel, pipeline, residency, accounts);
    Listeners listeners = new Listeners(pipeline, view, accounts);
    Flush flush = new Flush(pipeline, listeners, maps::settle);
    ends.add("exporters", () -> flush.run(Flush.LONGEST));
    ends.add("kernel's events", kernel::detach);
    maps.seed();
    ContextWatcher contexts = new ContextWatcher(hotPath, accounts::failure);
    DirectMemoryWatcher directMemory = new DirectMemoryWatcher(accounts::failure);
    AgentThread thread =
        new AgentThread(
            pipeline,
            accounts,
            () -> MmapscopeHooks.ignoreThread(hotPath, threads.registerAgent(Thread.currentThread())),
            () -> {
              threads.sweep();
              view.refresh();
              maps.reconcileIfDue();
              residency.sampleSome();
              contexts.followMounts(instrumentation);
              directMemory.follow(instrumentation);
            },
            () -> contexts.due() || directMemory.due());
    thread.start();
    ends.add("agent's thread", thread::end);
    StartThread start =
        new StartThread(
            () -> {
              MmapscopeHooks.ignoreThread(hotPath, threads.registerAgent(Thread.currentThread()));
              listeners.create();
              watcher.complete(instrumentation);
            });
    start.start();
    ends.add("start", start::end);
    ends.add("operations", () -> endOperations(cells));
    if (kernel.active()) {
      ends.add("trace contexts", () -> contexts.leave(instrumentation));
      contexts.install(instrumentation);
    }
    if (kernel.attached("page_fault")) {
      ends.add("direct memory", () -> directMemory.leave(instrumentation));
      directMemory.install(instrumentation);
    }
    Runnable endWeaving =
        () -> {
          watcher.end();
          directMemory.end();
        };
    ExitHook exit = new ExitHook(thread, accounts, endWeaving, flush);
    Runtime.getRuntime().addShutdownHook(exit);
    String line =
        "mmapscope " + view.version() + ": " + kernel.summary() + instrumented(settings, kernel.active());
    Supplier<MappingList> mappings =
        () -> {
          pipeline.settle();
          if (maps.bringUpToDate()) {
            // Who made what was mapped meanwhile.
            pipeline.settle();
          }
          return new MappingList(
              ProcessHandle.current().pid(),
              view.version(),
              kernel.active(),
              ledger.mappings(),
              System.nanoTime(),
              view.mapCount(),
              view.maxMapCount());
        };
    return new Running(line, mappings, exit, ends);
  }

  /** New ones do not begin; those in progress may end, but are not waited for any longer than is worth it. */
  private static void endOperations(MmapscopeCells cells) throws InterruptedException {
    MmapscopeGate.close();
    long deadline = System.nanoTime() + LONGEST_OPERATIONS_NANOS;
    while (cells.inProgress() > 0 && System.nanoTime() - deadline < 0) {
      Thread.sleep(1);
    }
  }

  private static String instrumented(Settings settings, boolean kernel) {
    return kernel
        ? ", FileChannel/MappedByteBuffer instrumented, "
            + ExporterSummary.of(settings, System.getProperties(), System.getenv())
        : "";
  }
}
