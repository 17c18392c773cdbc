package io.mmapscope.exporter;

import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.FaultPlace;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Memory;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.model.SlowFault;
import io.mmapscope.agent.model.Stall;
import io.mmapscope.agent.model.TraceContext;
import java.util.List;

/** Page faults as the agent would make them. */
public final class FaultSamples {

  public static final FaultPlace CFS =
      new FaultPlace(0, Samples.OPEN, Owner.APPLICATION, Memory.FILE, "cfs");
  public static final FaultPlace UNCERTAIN = new FaultPlace(1, CallSite.UNKNOWN, null, null, "none");

  private FaultSamples() {}

  /** The third page of a mapping that begins at the file's second. */
  private static Mapping mapping() {
    Mapping.Creator creator = new Mapping.Creator(Owner.APPLICATION, Samples.OPEN, 1, "main", null, 1);
    return new Mapping(
        Samples.ADDRESS, Samples.ADDRESS + 65536, 4096, Samples.FILE, "/var/lib/acme/_0.cfs", creator);
  }

  /** A major fault of 50 ms, of which everything is known. */
  public static SlowFault slow(TraceContext trace) {
    return new SlowFault(
        2_000_000, 50_000_000, true, false, false, Samples.ADDRESS + 8192 + 17, mapping(), Memory.FILE, 70_000, 70_000,
        31, "worker-1", 4242, trace, Samples.READ,
        new CallSite.Stack(
            List.of(
                new StackTraceElement("com.acme.Reader", "read", "Reader.java", 7),
                new StackTraceElement("com.acme.Main", "main", "Main.java", 9))));
  }

  /** A fault of a thread that Java does not know, in the kernel, on what is not known. */
  public static SlowFault bare() {
    return new SlowFault(
        2_000_000, 3_000_000, false, true, false, Samples.ADDRESS + 8192, null, null, -1, -1, -1, "native-worker", 4242,
        null, CallSite.UNKNOWN, CallSite.Stack.NONE);
  }

  /** The file has one page left. */
  public static SlowFault sigbus(TraceContext trace) {
    return new SlowFault(
        2_000_000, 0, true, false, true, Samples.ADDRESS + 8192 + 17, mapping(), Memory.FILE, 70_000, 4096, 31,
        "worker-1", 4242, trace, Samples.READ, CallSite.Stack.NONE);
  }

  public static Stall stall() {
    return new Stall(
        Samples.SAMPLED, 3_000_000, 63_000_000, 5, 13, 51_300_000,
        List.of(
            new Stall.File("/var/lib/acme/_1p.fdt", Samples.OPEN, 12, 48_200_000),
            new Stall.File("/var/lib/acme/_0.cfs", CallSite.UNKNOWN, 1, 3_000_000)));
  }
}
