package io.mmapscope.agent;

import io.mmapscope.agent.config.BuildInfo;
import io.mmapscope.agent.config.ExporterSummary;
import io.mmapscope.agent.config.Settings;
import io.mmapscope.agent.context.CallSites;
import io.mmapscope.agent.context.TraceReader;
import io.mmapscope.agent.instrument.ClassWatcher;
import io.mmapscope.agent.instrument.LibraryMethods;
import io.mmapscope.agent.ledger.Ledger;
import io.mmapscope.agent.ledger.MemoryKinds;
import io.mmapscope.agent.ledger.OwnerClassifier;
import io.mmapscope.agent.ledger.PageSize;
import io.mmapscope.agent.ledger.PathResolver;
import io.mmapscope.agent.pipeline.Accounts;
import io.mmapscope.agent.pipeline.CodeLookup;
import io.mmapscope.agent.pipeline.Doubt;
import io.mmapscope.agent.pipeline.Faults;
import io.mmapscope.agent.pipeline.Joiner;
import io.mmapscope.agent.pipeline.Pipeline;
import io.mmapscope.agent.pipeline.ThreadRegistry;
import java.lang.instrument.Instrumentation;

/**
 * Puts the agent together, each part with what it needs of the others, and sets it going. Apart from {@link Agent},
 * because it can only be loaded when the classes in java.base are there.
 */
final class Assembly {

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
    KernelPart kernel = KernelPart.open(settings, instrumentation);
    ends.add("kernel part", kernel::close);
    int pageSize = PageSize.ofSystem();
    Ledger ledger = new Ledger(pageSize);
    CallSites callSites = new CallSites();
    LibraryMethods libraries = new LibraryMethods(settings.operations());
    TraceReader traces = new TraceReader(accounts::failure);
    ThreadRegistry threads = kernel.threads();
    MmapscopeCells cells =
        MmapscopeHooks.start(
            new HotPath(settings, threads, callSites, traces, accounts),
            Math.min(settings.queueSize(), MmapscopeCells.MAX_CELLS),
            kernel.slotsAddress());
    ends.add("hot path", MmapscopeHooks::stop);
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
    boolean operations = !settings.operations().isEmpty();
    Faults.Tools faults =
        new Faults.Tools(
            kernel.faults(),
            ledger,
            doubt,
            new MemoryKinds(new DiagnosticCommands(instrumentation, accounts::failure)::run, maps::lines),
            threads,
            new PathResolver(),
            CodeLookup.NONE,
            accounts,
            operations ? kernel.slotsAddress() : 0,
            threads::used,
            settings.faultMinDuration().toNanos(),
            pageSize,
            System.err::println);
    Pipeline pipeline =
        new Pipeline(cells, kernel.ring(), joiner, doubt, accounts, faults, settings.queueSize());
    View view = new View(settings, BuildInfo.load(), ledger, cells, kernel::counts, accounts);
    Listeners listeners = new Listeners(pipeline, view, accounts);
    Flush flush = new Flush(pipeline, listeners, maps::settle);
    ends.add("exporters", () -> flush.run(Flush.LONGEST));
    ClassWatcher watcher =
        new ClassWatcher(libraries, callSites::number, TraceReader.RECOGNISED, traces::found, accounts::failure);
    watcher.install(instrumentation);
    ends.add(
        "weaving",
        () -> {
          MmapscopeHooks.stop();
          watcher.end();
        });
    maps.seed();
    AgentThread thread =
        new AgentThread(
            pipeline,
            accounts,
            () -> MmapscopeHooks.ignoreThread(threads.registerAgent(Thread.currentThread())),
            () -> {
              threads.sweep();
              view.refresh();
              maps.reconcileIfDue();
            });
    thread.start();
    ends.add("agent's thread", thread::end);
    StartThread start =
        new StartThread(
            () -> {
              MmapscopeHooks.ignoreThread(threads.registerAgent(Thread.currentThread()));
              listeners.create();
              watcher.complete(instrumentation);
            });
    start.start();
    ends.add("start", start::end);
    ExitHook exit = new ExitHook(thread, accounts, watcher::end, flush);
    Runtime.getRuntime().addShutdownHook(exit);
    String line =
        "mmapscope " + view.version() + ": " + kernel.summary() + instrumented(settings, kernel.active());
    return new Running(line, exit, ends);
  }

  private static String instrumented(Settings settings, boolean kernel) {
    return kernel
        ? ", FileChannel/MappedByteBuffer instrumented, "
            + ExporterSummary.of(settings, System.getProperties(), System.getenv())
        : "";
  }
}
