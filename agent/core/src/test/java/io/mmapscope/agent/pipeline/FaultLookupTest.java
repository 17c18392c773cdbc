package io.mmapscope.agent.pipeline;

import static io.mmapscope.agent.pipeline.Touched.AT;
import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.ledger.DirectMemory;
import io.mmapscope.agent.ledger.Ledger;
import io.mmapscope.agent.ledger.MemoryKinds;
import io.mmapscope.agent.model.Memory;
import io.mmapscope.agent.model.Owner;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Times count from a moment at which the ledger is not in doubt any more. */
class FaultLookupTest {

  private final Ledger ledger = new Ledger(Touched.PAGE);
  private final AtomicLong losses = new AtomicLong();
  private final Doubt doubt = new Doubt(losses::get);
  private final DirectMemory directMemory = new DirectMemory();
  private final FaultLookup lookup =
      new FaultLookup(ledger, doubt, new MemoryKinds(command -> null, List::of), directMemory);
  private final long now = System.nanoTime() + 1_000_000;

  private String path(long start, long end) {
    lookup.refresh();
    return lookup.find(AT + 5, now + start, now + end) ? lookup.mapping().path() : null;
  }

  private void map(long start, long end, int number) {
    Touched.map(ledger, now + start, now + end, number, "/d/" + number);
  }

  private void mapOver(long start, long end, int number) {
    Touched.mapOver(ledger, now + start, now + end, number, "/d/" + number);
  }

  @Test
  void findsTheMappingAgainAndAgain() {
    map(10, 20, 1);
    assertThat(path(30, 31)).isEqualTo("/d/1");
    assertThat(path(30, 31)).isEqualTo("/d/1");
    assertThat(lookup.faults()).isSameAs(ledger.faultsAt(AT));
    assertThat(lookup.memory(0)).isEqualTo(Memory.FILE);
    assertThat(lookup.place(0).callSite()).isEqualTo(Touched.site(1));
  }

  @Test
  void whatItKeptIsNotTakenForWhatCameInItsPlace() {
    map(10, 20, 1);
    assertThat(path(30, 31)).isEqualTo("/d/1");
    mapOver(40, 50, 2);
    assertThat(path(51, 52)).isEqualTo("/d/2");
    assertThat(path(51, 52)).isEqualTo("/d/2");
    assertThat(path(35, 45)).isNull();
    assertThat(lookup.obstacle()).isEqualTo("fault_mapping_unknown");
    assertThat(path(30, 31)).isEqualTo("/d/1");
    assertThat(path(51, 52)).isEqualTo("/d/2");
  }

  @Test
  void whatItKeptIsNotTakenForFaultsThatAreOlder() {
    mapOver(10, 20, 1);
    assertThat(path(30, 31)).isEqualTo("/d/1");
    assertThat(path(15, 31)).isNull();
    assertThat(path(20, 31)).isNull();
  }

  @Test
  void anUnmapEndsIt() {
    map(10, 20, 1);
    assertThat(path(30, 31)).isEqualTo("/d/1");
    Touched.unmap(ledger, now + 40, now + 50);
    assertThat(path(60, 61)).isNull();
    assertThat(path(30, 31)).isEqualTo("/d/1");
  }

  @Test
  void inDoubtItFindsNothing() {
    map(10, 20, 1);
    losses.incrementAndGet();
    doubt.look();
    assertThat(path(30, 31)).isNull();
    assertThat(lookup.obstacle()).isEqualTo("ledger_in_doubt");
    doubt.settled(1, now + 40);
    assertThat(path(30, 31)).isNull();
    assertThat(path(41, 42)).isEqualTo("/d/1");
  }

  @Test
  void theAgentsOwnTouchesAreTheAgents() {
    map(10, 20, 1);
    assertThat(path(30, 31)).isEqualTo("/d/1");
    assertThat(lookup.place(Wire.FaultFlag.AGENT).owner()).isEqualTo(Owner.AGENT);
    assertThat(lookup.place(0).owner()).isEqualTo(Owner.APPLICATION);
  }

  @Test
  void directMemoryIsTheApplications() {
    Touched.mapMemory(ledger, now + 10, now + 20);
    directMemory.allocated(AT, 100, now + 25);
    lookup.refresh();
    assertThat(lookup.find(AT + 5, now + 30, now + 31)).isTrue();
    assertThat(lookup.memory(0)).isEqualTo(Memory.DIRECT_BUFFER);
    assertThat(lookup.place(0).memory()).isEqualTo(Memory.DIRECT_BUFFER);
    assertThat(lookup.place(0).owner()).isEqualTo(Owner.APPLICATION);
    assertThat(lookup.place(Wire.FaultFlag.AGENT).owner()).isEqualTo(Owner.AGENT);
    assertThat(lookup.place(0)).isSameAs(lookup.place(0));

    assertThat(lookup.find(AT + 200, now + 30, now + 31)).isTrue();
    assertThat(lookup.memory(0)).isEqualTo(Memory.ANONYMOUS);
    assertThat(lookup.place(0).owner()).isEqualTo(Owner.JVM);
    assertThat(lookup.memory(Wire.FaultFlag.STACK)).isEqualTo(Memory.THREAD_STACK);
  }
}
