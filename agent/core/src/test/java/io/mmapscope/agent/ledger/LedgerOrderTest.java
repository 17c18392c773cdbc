package io.mmapscope.agent.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.Seeds;
import io.mmapscope.agent.ledger.AddressSpace.Event;
import io.mmapscope.agent.ledger.AddressSpace.Known;
import io.mmapscope.agent.ledger.AddressSpace.Page;
import io.mmapscope.agent.model.Mapping;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The ledger against a page table, whatever the order in which it hears of the calls. */
class LedgerOrderTest {

  private static final long LONG = Long.MAX_VALUE / 4;

  @Test
  void anyOrderGivesThePageTable() {
    Seeds.each(1500, LedgerOrderTest::shuffle);
  }

  private static void shuffle(Random random) {
    int calls = 1 + random.nextInt(45);
    AddressSpace space = new AddressSpace(20, 60, random);
    space.run(calls);
    Ledger ledger = ledger(LONG, 100_000);
    List<Event> shuffled = new ArrayList<>(space.events);
    Collections.shuffle(shuffled, random);

    shuffled.forEach(event -> apply(ledger, event));

    assertPages(ledger, space.pages);
    assertKnown(ledger, space.known);
    assertThat(ledger.ambiguousCalls()).isZero();
    assertThat(ledger.lateCalls()).isZero();
  }

  @Test
  void aBoundedDelayNeedsABoundedMemory() {
    Seeds.each(60, LedgerOrderTest::delay);
  }

  private static void delay(Random random) {
    AddressSpace space = new AddressSpace(24, 60, random);
    space.run(1200);
    Ledger ledger = ledger(2000, 100_000);
    record Delivery(Event event, long nanos) {}
    List<Delivery> deliveries = new ArrayList<>();
    for (Event event : space.events) {
      deliveries.add(new Delivery(event, event.call().endNanos() + random.nextInt(800)));
    }
    deliveries.sort(Comparator.comparingLong(Delivery::nanos));

    deliveries.forEach(delivery -> apply(ledger, delivery.event));

    assertPages(ledger, space.pages);
    assertThat(ledger.lateCalls()).isZero();
    int lastCalls = space.events.size();
    ledger.apply(Calls.munmap(10_000_000, 10_000_001, AddressSpace.BASE + (1 << 30), 4096), null, null);
    assertThat(ledger.segmentCount()).as("ranges after %d calls", lastCalls).isLessThanOrEqualTo(25);
    assertPages(ledger, space.pages);
  }

  @Test
  void theKernelsListRepairsWhatWasLost() {
    Seeds.each(1500, LedgerOrderTest::lose);
  }

  private static void lose(Random random) {
    int calls = 1 + random.nextInt(45);
    int lostPercent = random.nextInt(4) == 0 ? 0 : random.nextInt(101);
    AddressSpace space = new AddressSpace(20, 60, random);
    space.run(calls);
    Ledger ledger = ledger(LONG, 100_000);
    List<Event> seen = new ArrayList<>(space.events);
    seen.removeIf(event -> random.nextInt(100) < lostPercent);
    Collections.shuffle(seen, random);
    seen.forEach(event -> apply(ledger, event));
    List<MapsLine> truth = AddressSpace.lines(space.pages);
    long taken = space.now() + 1000;

    Reconciliation first = ledger.reconcile(truth, taken, taken + 10);

    assertThat(ledger.compare(truth)).isEmpty();
    assertFiles(ledger, space.pages);
    if (seen.size() == space.events.size()) {
      assertThat(first.total()).isZero();
      assertPages(ledger, space.pages);
    }
    Collection<Mapping> after = ledger.mappings();
    assertThat(ledger.reconcile(truth, taken + 20, taken + 30).total()).isZero();
    assertThat(ledger.mappings()).isEqualTo(after);
  }

  /** What was mapped before the agent came is known from the list alone, and moves and splits like the rest. */
  @Test
  void callsAfterTheSeedStartFromIt() {
    Seeds.each(1500, LedgerOrderTest::seedInBetween);
  }

  private static void seedInBetween(Random random) {
    int calls = 1 + random.nextInt(30);
    AddressSpace space = new AddressSpace(20, 60, random);
    space.run(calls);
    List<MapsLine> list = AddressSpace.lines(space.pages);
    space.pause();
    space.run(calls * 2);
    List<Event> seen = new ArrayList<>(space.events.subList(calls, calls * 2));
    Collections.shuffle(seen, random);
    Ledger ledger = ledger(LONG, 100_000);
    int early = random.nextInt(calls);

    seen.subList(0, early).forEach(event -> apply(ledger, event));
    ledger.seed(list);
    seen.subList(early, calls).forEach(event -> apply(ledger, event));

    assertThat(ledger.compare(AddressSpace.lines(space.pages))).isEmpty();
    assertFiles(ledger, space.pages);
  }

  /** The list is read at a moment at which calls are on their way to the ledger, and some in progress. */
  @Test
  void aReadingInBetweenHarmsNothing() {
    Seeds.each(3000, LedgerOrderTest::readInBetween);
  }

  private static void readInBetween(Random random) {
    int calls = 1 + random.nextInt(45);
    AddressSpace space = new AddressSpace(20, 60, random);
    space.run(calls);
    Ledger ledger = ledger(LONG, 100_000);
    long moment = 1000 + random.nextInt((int) (space.now() - 900));
    List<Event> before = new ArrayList<>(space.events);
    before.removeIf(event -> event.call().endNanos() > moment + 30 || random.nextInt(3) == 0);
    List<Event> after = new ArrayList<>(space.events);
    after.removeAll(before);
    Collections.shuffle(before, random);
    Collections.shuffle(after, random);

    before.forEach(event -> apply(ledger, event));
    long from = moment - random.nextInt(100);
    ledger.reconcile(AddressSpace.lines(space.at(moment)), from, moment + random.nextInt(100));
    after.forEach(event -> apply(ledger, event));

    assertPages(ledger, space.pages);
    assertKnown(ledger, space.known);
  }

  private static Ledger ledger(long horizonNanos, int maxHistory) {
    return new Ledger(Calls.PAGE, new FileOwners("/opt/jdk"), horizonNanos, maxHistory);
  }

  private static void apply(Ledger ledger, Event event) {
    ledger.apply(event.call(), event.creator(), event.path());
  }

  private static void assertPages(Ledger ledger, Page[] pages) {
    assertThat(pagesOf(ledger, pages.length)).containsExactly(pages);
  }

  private static void assertFiles(Ledger ledger, Page[] pages) {
    Page[] found = pagesOf(ledger, pages.length);
    for (int i = 0; i < pages.length; i++) {
      assertThat(found[i] == null).as("page %d is free", i).isEqualTo(pages[i] == null);
      if (pages[i] != null) {
        assertThat(found[i].file()).isEqualTo(pages[i].file());
        assertThat(found[i].offset()).isEqualTo(pages[i].offset());
      }
    }
  }

  private static Page[] pagesOf(Ledger ledger, int size) {
    Page[] found = new Page[size];
    long last = Long.MIN_VALUE;
    for (Mapping mapping : ledger.mappings()) {
      assertThat(mapping.start()).isGreaterThanOrEqualTo(last).isLessThan(mapping.end());
      last = mapping.end();
      for (long at = mapping.start(); at < mapping.end(); at += Calls.PAGE) {
        int page = (int) ((at - AddressSpace.BASE) / Calls.PAGE);
        found[page] = page(mapping, at);
        assertThat(mapping.path()).isEqualTo(AddressSpace.path(mapping.file()));
      }
    }
    return found;
  }

  private static Page page(Mapping mapping, long address) {
    long offset = mapping.fileBacked() ? mapping.fileOffset() + address - mapping.start() : 0;
    return new Page(mapping.file(), offset, mapping.creator());
  }

  private static void assertKnown(Ledger ledger, List<Known> known) {
    for (Known fact : known) {
      long address = AddressSpace.address(fact.page());
      Mapping mapping = ledger.at(address, fact.nanos());
      assertThat(mapping).as("page %d at %d", fact.page(), fact.nanos()).isNotNull();
      assertThat(mapping.start()).isLessThanOrEqualTo(address);
      assertThat(mapping.end()).isGreaterThan(address);
      assertThat(page(mapping, address)).isEqualTo(fact.content());
    }
  }
}
