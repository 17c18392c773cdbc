package io.mmapscope.exporter;

import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.KernelEvent;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Operation;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.model.Syscall;
import io.mmapscope.agent.model.TraceContext;
import java.util.ArrayList;
import java.util.List;

/** Values as the agent would make them. */
public final class Samples {

  public static final FileIdentity FILE = new FileIdentity(8, 1, 4711);
  public static final CallSite OPEN = new CallSite(1, "com.acme.Store", "open", "Store.java", 42);
  public static final CallSite READ = new CallSite(2, "com.acme.Reader", "read", "Reader.java", 7);
  public static final TraceContext SAMPLED = new TraceContext(0x0102030405060708L, 0x1112131415161718L, 0x21L, true);
  public static final TraceContext UNSAMPLED = new TraceContext(0x0a0b0c0d0e0f0102L, 0x0304L, 0x31L, false);
  public static final long ADDRESS = 0x7f1200000000L;

  private Samples() {}

  public static KernelCall call(Syscall syscall, long result, long... args) {
    return call(syscall, result, 0, null, -1, null, -1, args);
  }

  public static KernelCall call(
      Syscall syscall,
      long result,
      int flags,
      FileIdentity file,
      long fileSize,
      FileIdentity before,
      long beforeSize,
      long... args) {
    List<Long> registers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      registers.add(i < args.length ? args[i] : 0L);
    }
    return new KernelCall(
        syscall, 1_000_500, 2_000, registers, result, 4242, file, fileSize, before, beforeSize, flags);
  }

  public static KernelCall mmap() {
    return call(Syscall.MMAP, ADDRESS, KernelCall.FLAG_FILE, FILE, 70_000, null, -1, 0, 65536, 1, 1, 3, 0);
  }

  /** A whole FileChannel.map within a trace. */
  public static Operation map(TraceContext trace, long durationNanos) {
    return new Operation(
        Operation.Kind.MAP,
        "FileChannel.map",
        1_000_000,
        1_000_000 + durationNanos,
        31,
        "worker-1",
        OPEN,
        new CallSite.Stack(
            List.of(
                new StackTraceElement("com.acme.Store", "open", "Store.java", 42),
                new StackTraceElement("com.acme.Main", "main", "Main.java", 9))),
        trace,
        ADDRESS,
        65536,
        4096,
        "READ_ONLY",
        "/var/lib/acme/_0.cfs",
        70_000,
        null,
        new Operation.Kernel(List.of(mmap()), 1, 2_000),
        new Operation.Faults(3, 1, 9_000),
        CallSite.UNKNOWN);
  }

  /** An operation of which hardly anything is known. */
  public static Operation bare(String name, long durationNanos, CallSite site, String errorType) {
    return new Operation(
        Operation.Kind.LIBRARY,
        name,
        5_000,
        5_000 + durationNanos,
        1,
        "main",
        site,
        CallSite.Stack.NONE,
        null,
        0,
        -1,
        -1,
        null,
        null,
        -1,
        errorType,
        null,
        null,
        CallSite.UNKNOWN);
  }

  public static Operation library(KernelCall call) {
    Operation bare = bare("Db.remap", 3_000_000, READ, null);
    return new Operation(
        bare.kind(), bare.name(), bare.startNanos(), bare.endNanos(), bare.threadId(), bare.threadName(),
        bare.callSite(), bare.stack(), bare.trace(), bare.address(), bare.lengthBytes(), bare.offsetBytes(),
        bare.mode(), bare.path(), bare.fileSize(), bare.errorType(),
        new Operation.Kernel(List.of(call), 1, call.durationNanos()), bare.faults(), OPEN);
  }

  public static KernelEvent event(KernelCall call, Owner owner) {
    return new KernelEvent(call, owner, "native-worker", "/data/db.mdb", ADDRESS, 8192, 12288, OPEN);
  }

  public static Mapping mapping(long bytes, String path, CallSite site, Owner owner) {
    Mapping.Creator creator = new Mapping.Creator(owner, site, 1, "main", null, 1);
    return new Mapping(ADDRESS, ADDRESS + bytes, 0, FILE, path, creator);
  }
}
