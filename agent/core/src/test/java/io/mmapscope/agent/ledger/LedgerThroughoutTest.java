package io.mmapscope.agent.ledger;

import static io.mmapscope.agent.ledger.Calls.PAGE;
import static io.mmapscope.agent.ledger.Calls.call;
import static io.mmapscope.agent.ledger.Calls.creator;
import static io.mmapscope.agent.ledger.Calls.file;
import static io.mmapscope.agent.ledger.Calls.mmap;
import static io.mmapscope.agent.ledger.Calls.mmapFixed;
import static io.mmapscope.agent.ledger.Calls.mremap;
import static io.mmapscope.agent.ledger.Calls.munmap;
import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.Syscall;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was at an address while a page fault went on: certain, or not told. */
class LedgerThroughoutTest {

  private static final long A = 0x7f0000000000L;

  private final Ledger ledger = new Ledger(PAGE, new FileOwners("/opt/jdk"), 1_000_000, 1000);

  private String path(long start, long end) {
    Ledger.Found found = ledger.throughout(A, start, end);
    return found == null ? null : found.mapping().path();
  }

  private void map(long start, long end, int number) {
    ledger.apply(mmap(start, end, A, PAGE, file(number), 0), creator(number), "/d/" + number);
  }

  private void mapOver(long start, long end, int number) {
    ledger.apply(mmapFixed(start, end, A, PAGE, file(number), 0), creator(number), "/d/" + number);
  }

  @Test
  void nothingIsKnownOfAnAddressThatNobodyMapped() {
    assertThat(path(1, 2)).isNull();
    map(10, 20, 1);
    assertThat(ledger.throughout(A - 1, 30, 40)).isNull();
    assertThat(ledger.throughout(A + PAGE, 30, 40)).isNull();
  }

  @Test
  void aFaultThatBeganAfterTheMapEndedIsOnIt() {
    map(10, 20, 1);
    Ledger.Found found = ledger.throughout(A + 5, 21, 30);
    assertThat(found.mapping().path()).isEqualTo("/d/1");
    assertThat(found.mapping().start()).isEqualTo(A);
    assertThat(found.sinceNanos()).isEqualTo(20);
    assertThat(found.latest()).isTrue();
    assertThat(found.faults()).isSameAs(ledger.faultsAt(A));
  }

  @Test
  void whereTheMapWentOnMeanwhileNothingIsTold() {
    map(10, 20, 1);
    assertThat(path(5, 15)).isNull();
    assertThat(path(15, 25)).isNull();
    assertThat(path(5, 25)).isNull();
    assertThat(path(20, 25)).isNull();
  }

  @Test
  void anUnmapTakesItAwayForAllThatItMayHaveComeBefore() {
    map(10, 20, 1);
    ledger.apply(munmap(30, 40, A, PAGE), null, null);
    assertThat(path(21, 29)).isEqualTo("/d/1");
    assertThat(ledger.throughout(A, 21, 29).latest()).isFalse();
    assertThat(path(25, 30)).isNull();
    assertThat(path(35, 36)).isNull();
    assertThat(path(41, 50)).isNull();
  }

  @Test
  void whatWasMappedOverIsToldOfOnlyBeforeAndAfterTheCall() {
    map(10, 20, 1);
    mapOver(30, 40, 2);
    assertThat(path(21, 29)).isEqualTo("/d/1");
    assertThat(path(29, 31)).isNull();
    assertThat(path(31, 39)).isNull();
    assertThat(path(39, 45)).isNull();
    assertThat(path(21, 50)).isNull();
    assertThat(path(41, 50)).isEqualTo("/d/2");
  }

  @Test
  void theSameWhereTheCallsAreHeardOfTheOtherWayRound() {
    mapOver(30, 40, 2);
    map(10, 20, 1);
    assertThat(path(21, 29)).isEqualTo("/d/1");
    assertThat(path(29, 31)).isNull();
    assertThat(path(41, 50)).isEqualTo("/d/2");
  }

  @Test
  void anAddressGivenAgainWhileItsUnmapStillRunsIsTheNewMapping() {
    map(10, 20, 1);
    ledger.apply(munmap(30, 90, A, PAGE), null, null);
    map(35, 40, 2);
    assertThat(path(50, 60)).isEqualTo("/d/2");
    assertThat(path(25, 28)).isEqualTo("/d/1");
  }

  @Test
  void ofTwoMapFixedAtOnceNeitherIsTold() {
    map(10, 20, 1);
    mapOver(30, 40, 2);
    mapOver(35, 50, 3);
    assertThat(path(60, 70)).isNull();
    assertThat(path(21, 29)).isEqualTo("/d/1");
    mapOver(80, 90, 4);
    assertThat(path(91, 95)).isEqualTo("/d/4");
    assertThat(path(60, 70)).isNull();
  }

  @Test
  void aCorrectionIsCertainFromTheEndOfItsReading() {
    mapOver(10, 20, 1);
    mapOver(15, 18, 2);
    MapsLine line = new MapsLine(A, A + PAGE, "r--s", 0, file(2), "/d/2", false);
    ledger.reconcile(List.of(line), 30, 40);
    assertThat(path(25, 28)).isNull();
    assertThat(path(35, 45)).isNull();
    assertThat(path(41, 45)).isEqualTo("/d/2");
  }

  @Test
  void whatWasThereBeforeTheAgentIsCertain() {
    ledger.seed(List.of(new MapsLine(A, A + PAGE, "r--s", 0, file(9), "/d/9", false)));
    assertThat(path(1, 2)).isEqualTo("/d/9");
    mapOver(10, 20, 1);
    assertThat(path(5, 9)).isEqualTo("/d/9");
    assertThat(path(9, 11)).isNull();
  }

  @Test
  void whatMremapMovedIsTheSameMappingAtItsNewPlace() {
    long b = A + 16 * PAGE;
    ledger.apply(mmap(10, 20, b, PAGE, file(1), 3 * PAGE), creator(1), "/d/1");
    map(10, 20, 2);
    long flags = Calls.MAYMOVE | Calls.REMAP_FIXED;
    ledger.apply(mremap(30, 40, b, PAGE, PAGE, flags, A), creator(7), null);
    assertThat(path(21, 29)).isEqualTo("/d/2");
    assertThat(path(29, 35)).isNull();
    Ledger.Found moved = ledger.throughout(A, 41, 50);
    assertThat(moved.mapping().path()).isEqualTo("/d/1");
    assertThat(moved.mapping().fileOffset()).isEqualTo(3 * PAGE);
    assertThat(moved.mapping().creator()).isEqualTo(creator(1));
    assertThat(ledger.throughout(b, 35, 36)).isNull();
    assertThat(ledger.throughout(b, 41, 50)).isNull();
  }

  @Test
  void ofWhatMremapMovedFromNobodyKnowsWhereNothingIsTold() {
    long b = A + 16 * PAGE;
    map(10, 20, 2);
    ledger.apply(mremap(30, 40, b, PAGE, PAGE, Calls.MAYMOVE | Calls.REMAP_FIXED, A), creator(7), null);
    assertThat(path(21, 29)).isEqualTo("/d/2");
    assertThat(path(41, 50)).isNull();
    ledger.apply(mmap(10, 20, b, PAGE, file(1), 0), creator(1), "/d/1");
    assertThat(path(41, 50)).isEqualTo("/d/1");
  }

  @Test
  void remapFilePagesReplacesWhatItHits() {
    ledger.apply(mmap(10, 20, A, 4 * PAGE, file(1), 0), creator(1), "/d/1");
    ledger.apply(call(Syscall.REMAP_FILE_PAGES, 30, 40, 7, file(1), 0, A, PAGE, 0, 3, 0), creator(2), null);
    assertThat(path(29, 31)).isNull();
    assertThat(ledger.throughout(A, 41, 50).mapping().fileOffset()).isEqualTo(3 * PAGE);
    assertThat(ledger.throughout(A, 41, 50).mapping().creator()).isEqualTo(creator(2));
    assertThat(ledger.throughout(A + PAGE, 29, 41).mapping().fileOffset()).isEqualTo(PAGE);
  }

  @Test
  void whatIsForgottenIsNotGuessed() {
    map(10, 20, 1);
    mapOver(30, 40, 2);
    for (int i = 0; i < 100; i++) {
      long at = 2_000_000L + i * 10;
      ledger.apply(mmap(at, at + 5, A + (i + 8L) * 16 * PAGE, PAGE, file(3), 0), creator(3), "/d/3");
    }
    assertThat(path(21, 29)).isNull();
    assertThat(path(41, 50)).isEqualTo("/d/2");
  }
}
