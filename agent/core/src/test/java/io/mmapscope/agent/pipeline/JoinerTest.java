package io.mmapscope.agent.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.context.CallSites;
import io.mmapscope.agent.instrument.LibraryMethods;
import io.mmapscope.agent.ledger.Ledger;
import io.mmapscope.agent.ledger.OwnerClassifier;
import io.mmapscope.agent.ledger.PathResolver;
import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Operation;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.model.Syscall;
import io.mmapscope.agent.pipeline.CellReader.Finished;
import java.util.List;
import org.junit.jupiter.api.Test;

class JoinerTest {

  private static final int PAGE = 4096;
  private static final long FILE_AT = 0x7f0000100000L;
  private static final long MEMORY_AT = 0x7f0000900000L;
  private static final FileIdentity FILE = new FileIdentity(8, 1, 42);

  private final CallSites callSites = new CallSites();
  private final Ledger ledger = new Ledger(PAGE);
  private final Joiner joiner =
      new Joiner(
          new Joiner.Tools(
              callSites,
              new LibraryMethods(List.of()),
              ledger,
              new PathResolver(),
              new OwnerClassifier((address, into, length) -> false, List::of),
              new Accounts(line -> {}),
              new Doubt(() -> 0),
              0,
              PAGE,
              true,
              false));

  /** The first time, the JVM may load a class in the middle of an operation. */
  @Test
  void memoryThatTheJvmGrowsDuringAnOperationIsTheJvms() {
    KernelCall memory = mmap(20, MEMORY_AT, null, List.of(MEMORY_AT, 0x10000L, 3L, 0x32L, -1L, 0L));
    KernelCall file = mmap(40, FILE_AT, FILE, List.of(0L, (long) PAGE, 1L, 1L, 5L, 0L));

    joiner.join(map(List.of(memory, file)), List.of(memory, file));

    Mapping ofJvm = ledger.at(MEMORY_AT, 1000);
    assertThat(ofJvm.creator().owner()).isEqualTo(Owner.JVM);
    assertThat(ofJvm.creator().callSite()).isEqualTo(CallSite.UNKNOWN);
    assertThat(ofJvm.fileBacked()).isFalse();
    Mapping ofApplication = ledger.at(FILE_AT, 1000);
    assertThat(ofApplication.creator().owner()).isEqualTo(Owner.APPLICATION);
    assertThat(ofApplication.creator().callSite().functionName()).isEqualTo("com.acme.Store.open");
    assertThat(ofApplication.path()).isEqualTo("/data/x.dat");
  }

  private static KernelCall mmap(long start, long address, FileIdentity file, List<Long> args) {
    return new KernelCall(Syscall.MMAP, start, 10, args, address, 7, file, file == null ? -1 : PAGE, null, -1, 0);
  }

  private Finished map(List<KernelCall> calls) {
    int callSite = callSites.number("com.acme.Store", "open", "Store.java", 12);
    return new Finished(
        1, Operation.Kind.MAP, -1, 10, 60, 7, "main", callSite, null, null, FILE_AT, PAGE, 0, "READ_ONLY",
        "/data/x.dat", null, true, false, calls.size(), 20, 0, 0, 0, 0, calls);
  }
}
