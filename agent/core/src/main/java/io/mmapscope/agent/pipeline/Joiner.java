package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.context.CallSites;
import io.mmapscope.agent.instrument.LibraryMethods;
import io.mmapscope.agent.kernel.RingRecord;
import io.mmapscope.agent.ledger.Ledger;
import io.mmapscope.agent.ledger.OwnerClassifier;
import io.mmapscope.agent.ledger.PathResolver;
import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.Errno;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.KernelEvent;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Operation;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.model.Syscall;
import io.mmapscope.agent.pipeline.CellReader.Finished;
import java.util.List;

/** Joins what Java, the kernel and the ledger know of one operation or kernel call. Only for the agent's thread. */
public final class Joiner {

  /** How the names of all threads of the agent's begin. */
  private static final String OWN_THREADS = "mmapscope";

  private static final Mapping.Creator JVM = new Mapping.Creator(Owner.JVM, CallSite.UNKNOWN, -1, null, null, 0);

  /** What the joiner works with. */
  public record Tools(
      CallSites callSites,
      LibraryMethods libraries,
      Ledger ledger,
      PathResolver paths,
      OwnerClassifier owners,
      Accounts accounts,
      Doubt doubt,
      long spanMinNanos,
      long pageSize,
      boolean kernel,
      boolean faults) {}

  /** An operation whose mappings are in the ledger, not yet looked up. */
  record Joined(Finished finished, List<KernelCall> calls, CallSite callSite, String path) {}

  private final Tools tools;
  private final JdkCalls jdkCalls;
  private final String workingDirectory = System.getProperty("user.dir", "/");

  public Joiner(Tools tools) {
    this.tools = tools;
    this.jdkCalls = new JdkCalls(tools.pageSize());
  }

  /** Enters what an operation did into the ledger. */
  Joined join(Finished operation, List<KernelCall> calls) {
    CallSite callSite = tools.callSites().byNumber(operation.callSite());
    String path = absolute(operation.path());
    Mapping.Creator creator =
        new Mapping.Creator(
            Owner.APPLICATION,
            callSite,
            operation.threadId(),
            operation.threadName(),
            operation.trace(),
            operation.startNanos());
    if (calls.isEmpty() && operation.failure() == null && !operation.kernelKnown()) {
      KernelCall implied = jdkCalls.implied(operation);
      if (implied != null) {
        tools.ledger().apply(implied, creator, path);
      }
    }
    for (KernelCall call : calls) {
      if (Operation.ownerOf(operation.kind(), call) == Owner.JVM) {
        tools.ledger().apply(call, JVM, null);
      } else {
        tools.ledger().apply(call, creator, path != null ? path : pathOf(call));
      }
    }
    if (tools.kernel() && calls.isEmpty() && !operation.kernelKnown()) {
      tools.accounts().unattributed("operation_without_kernel_part", 1);
    }
    if (operation.detailsLost()) {
      tools.accounts().unattributed("call_details_lost", 1);
      tools.doubt().raise();
    }
    return new Joined(operation, calls, callSite, path);
  }

  /** Returns true where this call, seen outside any operation, can only be the operation's own. */
  boolean isOf(Finished operation, KernelCall call) {
    return jdkCalls.isOf(operation, call);
  }

  /** The finished value of an operation. */
  Operation complete(Joined joined) {
    Finished operation = joined.finished();
    KernelCall main = operation.kind() == Operation.Kind.LIBRARY ? Range.main(joined.calls()) : null;
    long address = operation.address();
    long length = operation.length();
    long offset = operation.offset();
    if (main != null) {
      Range range = Range.of(main, tools.pageSize());
      address = range.address();
      length = range.length();
      offset = range.offset();
    }
    Mapping mapping = mappingBehind(operation.kind(), main, address, operation.startNanos());
    String path = pathOf(joined, main, mapping);
    return new Operation(
        operation.kind(),
        operation.kind().spanName() != null ? operation.kind().spanName() : tools.libraries().name(operation.library()),
        operation.startNanos(),
        operation.endNanos(),
        operation.threadId(),
        operation.threadName(),
        joined.callSite(),
        operation.stack() instanceof CallSite.Stack stack ? stack : CallSite.Stack.NONE,
        operation.trace(),
        address,
        length,
        offset,
        operation.mode(),
        path,
        fileSize(operation, joined.calls(), path, mapping),
        errorType(operation, joined.calls()),
        kernelPart(operation, joined.calls()),
        operation.kernelKnown() && tools.faults()
            ? new Operation.Faults(operation.faultsMinor(), operation.faultsMajor(), operation.faultsNanos())
            : null,
        mapping == null ? CallSite.UNKNOWN : mapping.creator().callSite());
  }

  /** The mapping that an operation worked on, as it was before it; null for one that makes a mapping. */
  private Mapping mappingBehind(Operation.Kind kind, KernelCall main, long address, long nanos) {
    boolean makesNew = kind == Operation.Kind.MAP || main != null && main.syscall() == Syscall.MMAP;
    if (makesNew || address == 0) {
      return null;
    }
    long at = main != null && main.syscall() == Syscall.MREMAP ? main.arg(0) : address;
    return lookUp(at, main != null ? main.startNanos() : nanos);
  }

  /** What was at an address, or null where that is not certain. */
  private Mapping lookUp(long address, long nanos) {
    if (tools.doubt().at(nanos)) {
      tools.accounts().unattributed("ledger_in_doubt", 1);
      return null;
    }
    return tools.ledger().at(address, nanos);
  }

  private String pathOf(Joined joined, KernelCall main, Mapping mapping) {
    if (joined.path() != null) {
      return joined.path();
    }
    if (mapping != null) {
      return mapping.path();
    }
    return main == null ? null : pathOf(main);
  }

  private String pathOf(KernelCall call) {
    if (call.syscall() != Syscall.MMAP || call.file() == null) {
      return null;
    }
    long end = call.result() + (call.arg(1) + tools.pageSize() - 1 & -tools.pageSize());
    return call.failed() ? null : tools.paths().resolve(call.file(), call.result(), end, (int) call.arg(4));
  }

  /** The size that the kernel saw, else, of an operation that will be a span, what it is now. */
  private long fileSize(Finished operation, List<KernelCall> calls, String path, Mapping mapping) {
    for (int i = calls.size() - 1; i >= 0; i--) {
      if (calls.get(i).fileSize() >= 0) {
        return calls.get(i).fileSize();
      }
    }
    boolean span =
        operation.endNanos() - operation.startNanos() >= tools.spanMinNanos()
            || operation.trace() != null && operation.trace().sampled();
    return span && path != null ? tools.paths().size(path, mapping == null ? null : mapping.file()) : -1;
  }

  /** The errno behind a failure where the kernel gave one, else the exception; of a library method its last call's. */
  private static String errorType(Finished operation, List<KernelCall> calls) {
    KernelCall last = calls.isEmpty() ? null : calls.get(calls.size() - 1);
    boolean failedCall = last != null && last.failed();
    if (operation.failure() != null) {
      return failedCall ? Errno.name(last.errno()) : operation.failure();
    }
    return failedCall && operation.kind() == Operation.Kind.LIBRARY ? Errno.name(last.errno()) : null;
  }

  private Operation.Kernel kernelPart(Finished operation, List<KernelCall> calls) {
    if (operation.kernelKnown() && tools.kernel()) {
      return new Operation.Kernel(calls, operation.count() + operation.overflowed(), operation.callNanos());
    }
    if (calls.isEmpty()) {
      return null;
    }
    long nanos = calls.stream().mapToLong(KernelCall::durationNanos).sum();
    return new Operation.Kernel(calls, calls.size(), nanos);
  }

  /** A call outside any operation whose effect is in the ledger, not yet looked up. */
  record Entered(RingRecord ringRecord, Owner owner, String path) {}

  /** Enters a call outside any operation into the ledger. */
  Entered enter(RingRecord ringRecord) {
    KernelCall call = ringRecord.call();
    boolean refused = ringRecord.operation() == MmapscopeHooks.DROPPED;
    Owner owner = refused ? Owner.APPLICATION : owner(ringRecord);
    if (refused) {
      tools.accounts().unattributed("call_of_refused_operation", 1);
    } else if (owner == Owner.NATIVE) {
      tools.accounts().unattributed("outside_operation", 1);
    }
    String path = pathOf(call);
    tools
        .ledger()
        .apply(
            call,
            new Mapping.Creator(owner, CallSite.UNKNOWN, -1, ringRecord.comm(), null, call.startNanos()),
            path);
    return new Entered(ringRecord, owner, path);
  }

  private Owner owner(RingRecord ringRecord) {
    return ringRecord.comm().startsWith(OWN_THREADS)
        ? Owner.AGENT
        : tools.owners().classify(ringRecord.call(), ringRecord.comm(), ringRecord.stack());
  }

  /** The finished value of such a call. */
  KernelEvent event(Entered entered) {
    KernelCall call = entered.ringRecord().call();
    Range range = Range.of(call, tools.pageSize());
    boolean makesNew = call.syscall() == Syscall.MMAP;
    boolean ofInterest = entered.owner() == Owner.APPLICATION || entered.owner() == Owner.NATIVE;
    Mapping before = makesNew || !ofInterest ? null : lookUp(call.arg(0), call.startNanos());
    return new KernelEvent(
        call,
        entered.owner(),
        entered.ringRecord().comm(),
        before == null ? entered.path() : before.path(),
        range.address(),
        range.length(),
        range.offset(),
        before == null ? CallSite.UNKNOWN : before.creator().callSite());
  }

  private String absolute(String path) {
    if (path == null || path.startsWith("/")) {
      return path;
    }
    String plain = path.startsWith("./") ? path.substring(2) : path;
    return workingDirectory.endsWith("/") ? workingDirectory + plain : workingDirectory + "/" + plain;
  }
}
