package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.ledger.Ledger;
import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.model.Syscall;
import java.util.List;

/** Mappings that tests of page faults touch: numbered, each of a file and a call site of its own. */
final class Touched {

  static final int PAGE = 4096;
  static final long AT = 0x7f0000100000L;

  private static final long SHARED = 1;
  private static final long FIXED = 0x10;
  private static final long PRIVATE_ANONYMOUS = 0x22;

  private Touched() {}

  static CallSite site(int number) {
    return new CallSite(number, "com.acme.Store", "open" + number, "Store.java", number);
  }

  static Mapping.Creator creator(int number) {
    return new Mapping.Creator(Owner.APPLICATION, site(number), 1, "main", null, 1);
  }

  static Mapping mapping(int number, String path) {
    return new Mapping(AT, AT + PAGE, 0, new FileIdentity(8, 1, number), path, creator(number));
  }

  static void map(Ledger ledger, long start, long end, int number, String path) {
    apply(ledger, start, end, AT, SHARED, number, path);
  }

  static void mapOver(Ledger ledger, long start, long end, int number, String path) {
    apply(ledger, start, end, AT, SHARED | FIXED, number, path);
  }

  static void mapAt(Ledger ledger, long start, long end, long address, int number, String path) {
    apply(ledger, start, end, address, SHARED, number, path);
  }

  /** Memory without a file, the JVM's. */
  static void mapMemory(Ledger ledger, long start, long end) {
    List<Long> args = List.of(AT, (long) PAGE, 1L, PRIVATE_ANONYMOUS, -1L, 0L);
    ledger.apply(
        new KernelCall(Syscall.MMAP, start, end - start, args, AT, 7, null, -1, null, -1, 0),
        new Mapping.Creator(Owner.JVM, CallSite.UNKNOWN, -1, null, null, 0),
        null);
  }

  private static void apply(
      Ledger ledger, long start, long end, long address, long flags, int number, String path) {
    List<Long> args = List.of(address, (long) PAGE, 1L, flags, 5L, 0L);
    FileIdentity file = new FileIdentity(8, 1, number);
    KernelCall call =
        new KernelCall(
            Syscall.MMAP, start, end - start, args, address, 7, file, PAGE, null, -1, KernelCall.FLAG_FILE);
    ledger.apply(call, creator(number), path);
  }

  static void unmap(Ledger ledger, long start, long end) {
    List<Long> args = List.of(AT, (long) PAGE, 0L, 0L, 0L, 0L);
    ledger.apply(
        new KernelCall(Syscall.MUNMAP, start, end - start, args, 0, 7, null, -1, null, -1, 0), null, null);
  }

  static HeldFaults.Fault fault(long span, long start, long end, int kind) {
    HeldFaults.Fault fault = new HeldFaults.Fault();
    fault.address = AT;
    fault.endNanos = end;
    fault.durationNanos = end - start;
    fault.traceHigh = 1;
    fault.traceLow = 2;
    fault.span = span;
    fault.kind = kind;
    return fault;
  }
}
