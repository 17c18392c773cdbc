package io.mmapscope.agent.ledger;

import static io.mmapscope.agent.ledger.Calls.PAGE;
import static io.mmapscope.agent.ledger.Calls.call;
import static io.mmapscope.agent.ledger.Calls.creator;
import static io.mmapscope.agent.ledger.Calls.file;
import static io.mmapscope.agent.ledger.Calls.mmap;
import static io.mmapscope.agent.ledger.Calls.mmapFixed;
import static io.mmapscope.agent.ledger.Calls.munmap;
import static io.mmapscope.agent.ledger.Calls.mremap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.model.Syscall;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerTest {

  private static final long A = 0x7f0000000000L;

  private final Ledger ledger = new Ledger(PAGE, new FileOwners("/opt/jdk"), 1_000_000, 1000);

  /** A mapping of a file that a call made, which knew the file's size. */
  private static Mapping mapped(
      long start, long end, long offset, FileIdentity file, String path, Mapping.Creator creator) {
    return new Mapping(start, end, offset, file, path, creator, 1 << 20);
  }

  @Test
  void anUnmapInTheMiddleLeavesTwoPiecesOfOneMapping() {
    ledger.apply(mmap(10, 20, A, 10 * PAGE - 5, file(1), 3 * PAGE), creator(1), "/d/x.dat");
    ledger.apply(munmap(30, 40, A + 4 * PAGE, PAGE + 1), null, null);

    assertThat(ledger.mappings())
        .containsExactly(
            mapped(A, A + 4 * PAGE, 3 * PAGE, file(1), "/d/x.dat", creator(1)),
            mapped(A + 6 * PAGE, A + 10 * PAGE, 9 * PAGE, file(1), "/d/x.dat", creator(1)));
  }

  @Test
  void anUnmapThatIsHeardOfFirstHoldsAgainstTheOlderMap() {
    ledger.apply(munmap(30, 40, A, PAGE), null, null);
    ledger.apply(mmap(10, 20, A, PAGE, file(1), 0), creator(1), "/d/x.dat");

    assertThat(ledger.mappings()).isEmpty();
    assertThat(ledger.at(A, 30)).isEqualTo(mapped(A, A + PAGE, 0, file(1), "/d/x.dat", creator(1)));
    assertThat(ledger.at(A, 31)).isNull();
    assertThat(ledger.at(A, 19)).isNull();
  }

  @Test
  void anAddressGivenAgainWhileItsUnmapStillRunsIsTheNewMapping() {
    ledger.apply(mmap(10, 20, A, PAGE, file(1), 0), creator(1), "/d/x.dat");
    ledger.apply(mmap(32, 38, A, PAGE, file(2), 0), creator(2), "/d/y.dat");
    ledger.apply(munmap(30, 90, A, PAGE), null, null); // took effect at 33, returned late

    assertThat(ledger.mappings()).extracting(Mapping::path).containsExactly("/d/y.dat");
    assertThat(ledger.reconcileWanted()).isFalse();
  }

  @Test
  void mapFixedOverARangeOfItsOwnIsNotAmbiguousThoughAnUnmapOfItsLastOwnerStillRuns() {
    ledger.apply(mmap(10, 20, A, PAGE, file(1), 0), creator(1), "/d/x.dat");
    ledger.apply(mmap(31, 35, A, PAGE, null, 0), creator(2), null);
    ledger.apply(mmapFixed(40, 50, A, PAGE, file(2), 0), creator(3), "/d/y.dat");
    ledger.apply(munmap(30, 90, A, PAGE), null, null);

    assertThat(ledger.mappings()).extracting(Mapping::path).containsExactly("/d/y.dat");
    assertThat(ledger.ambiguousCalls()).isZero();
    assertThat(ledger.at(A, 95)).isNotNull();
  }

  @Test
  void twoMapFixedAtOnceAreAmbiguousUntilTheKernelsListDecides() {
    ledger.apply(mmapFixed(10, 20, A, PAGE, file(1), 0), creator(1), "/d/x.dat");
    ledger.apply(mmapFixed(15, 18, A, PAGE, file(2), 0), creator(2), "/d/y.dat");

    assertThat(ledger.ambiguousCalls()).isEqualTo(1);
    assertThat(ledger.reconcileWanted()).isTrue();
    assertThat(ledger.at(A, 25)).isNull();

    MapsLine truth = new MapsLine(A, A + PAGE, "r--s", 0, file(2), "/d/y.dat", false);
    Reconciliation result = ledger.reconcile(List.of(truth), 30, 31);

    assertThat(result).isEqualTo(new Reconciliation(0, 0, 1));
    assertThat(ledger.reconcileWanted()).isFalse();
    assertThat(ledger.at(A, 35).path()).isEqualTo("/d/y.dat");
    assertThat(ledger.at(A, 35).creator().callSite()).isEqualTo(CallSite.UNKNOWN);
  }

  @Test
  void theKernelsListConfirmsOneOfTwoAndItsCreatorStays() {
    ledger.apply(mmapFixed(10, 20, A, PAGE, file(1), 0), creator(1), "/d/x.dat");
    ledger.apply(mmapFixed(15, 18, A, PAGE, file(2), 0), creator(2), "/d/y.dat");
    MapsLine truth = new MapsLine(A, A + PAGE, "r--s", 0, file(1), "/d/x.dat", false);

    assertThat(ledger.reconcile(List.of(truth), 30, 31).total()).isZero();
    assertThat(ledger.at(A, 35).creator()).isEqualTo(creator(1));
  }

  @Test
  void remapFilePagesNamesItsCallerAndKeepsTheFile() {
    ledger.apply(mmap(10, 20, A, 8 * PAGE, file(1), 0), creator(1), "/d/x.dat");
    ledger.apply(
        call(Syscall.REMAP_FILE_PAGES, 30, 40, 7, file(1), 0, A + 2 * PAGE + 77, PAGE + 99, 0, 5, 0),
        creator(2),
        null);

    assertThat(ledger.at(A + 2 * PAGE, 30).creator()).isEqualTo(creator(1));
    assertThat(ledger.mappings())
        .containsExactly(
            mapped(A, A + 2 * PAGE, 0, file(1), "/d/x.dat", creator(1)),
            mapped(A + 2 * PAGE, A + 3 * PAGE, 5 * PAGE, file(1), "/d/x.dat", creator(2)),
            mapped(A + 3 * PAGE, A + 8 * PAGE, 3 * PAGE, file(1), "/d/x.dat", creator(1)));
  }

  @Test
  void whatWasMovedIsKnownAsSoonAsItsSourceIs() {
    long b = A + 100 * PAGE;
    ledger.apply(mremap(30, 40, A, 2 * PAGE, 4 * PAGE, Calls.MAYMOVE, b), creator(2), null);
    assertThat(ledger.mappings()).hasSize(1).noneMatch(Mapping::fileBacked);

    ledger.apply(mmap(10, 20, A, 2 * PAGE, file(1), PAGE), creator(1), "/d/x.dat");

    assertThat(ledger.mappings())
        .containsExactly(mapped(b, b + 4 * PAGE, PAGE, file(1), "/d/x.dat", creator(1)));
    assertThat(ledger.at(A, 30).path()).isEqualTo("/d/x.dat");
  }

  @Test
  void aHoleThatIsHeardOfLateIsTakenBackFromAllThatWasMadeOfIt() {
    long b = A + 100 * PAGE;
    long d = A + 200 * PAGE;
    ledger.apply(mmap(10, 20, A, 3 * PAGE, file(1), 0), creator(1), "/d/x.dat");
    ledger.apply(mremap(50, 60, A, 3 * PAGE, 3 * PAGE, Calls.MAYMOVE, b), creator(2), null);
    ledger.apply(mremap(70, 80, b, 3 * PAGE, 3 * PAGE, Calls.MAYMOVE, d), creator(3), null);

    ledger.apply(munmap(30, 40, A + PAGE, PAGE), null, null);

    assertThat(ledger.mappings())
        .containsExactly(
            mapped(d, d + PAGE, 0, file(1), "/d/x.dat", creator(1)),
            mapped(d + 2 * PAGE, d + 3 * PAGE, 2 * PAGE, file(1), "/d/x.dat", creator(1)));
    assertThat(ledger.at(b + PAGE, 65)).isNull();
    assertThat(ledger.at(b + 2 * PAGE, 65)).isNotNull();
  }

  @Test
  void failedCallsAndThoseThatMapNothingChangeNothing() {
    ledger.apply(mmap(10, 20, A, PAGE, file(1), 0), creator(1), "/d/x.dat");
    Collection<Mapping> before = ledger.mappings();

    ledger.apply(call(Syscall.MUNMAP, 30, 31, 1, null, -22, A, PAGE), null, null);
    ledger.apply(call(Syscall.MMAP, 30, 31, 1, file(1), -12, 0, PAGE, 1, 1, 5, 0), creator(2), "/d/x.dat");
    ledger.apply(call(Syscall.MREMAP, 30, 31, 1, null, -14, A, PAGE, 2 * PAGE, 0, 0), creator(2), null);
    ledger.apply(call(Syscall.REMAP_FILE_PAGES, 30, 31, 1, null, -22, A, PAGE, 1, 0, 0), creator(2), null);
    for (Syscall syscall : List.of(Syscall.MPROTECT, Syscall.MSYNC, Syscall.MADVISE)) {
      ledger.apply(call(syscall, 40, 41, 1, null, 0, A, PAGE, 4), creator(2), null);
    }

    assertThat(ledger.mappings()).isEqualTo(before);
    assertThat(ledger.reconcileWanted()).isFalse();
  }

  @Test
  void aMapFixedThatFailedLateAsksForTheKernelsList() {
    ledger.apply(
        call(Syscall.MMAP, 30, 31, 1, null, -12, A, PAGE, 1, Calls.SHARED | Calls.FIXED, 5, 0), creator(2), null);

    assertThat(ledger.reconcileWanted()).isTrue();
    ledger.reconcile(List.of(), 20, 50);
    assertThat(ledger.reconcileWanted()).as("a reading from before the call").isTrue();
    ledger.reconcile(List.of(), 40, 50);
    assertThat(ledger.reconcileWanted()).isFalse();
  }

  @Test
  void aCallOlderThanTheMemoryIsCountedAndChecked() {
    ledger.apply(munmap(100, 110, A, PAGE), null, null);
    ledger.apply(munmap(5_000_000, 5_000_001, A + 50 * PAGE, PAGE), null, null);
    assertThat(ledger.segmentCount()).isEqualTo(1);

    ledger.apply(mmap(10, 20, A, PAGE, file(1), 0), creator(1), "/d/x.dat");

    assertThat(ledger.lateCalls()).isEqualTo(1);
    assertThat(ledger.reconcileWanted()).isTrue();
    assertThat(ledger.reconcile(List.of(), 6_000_000, 6_000_001)).isEqualTo(new Reconciliation(0, 1, 0));
    assertThat(ledger.mappings()).isEmpty();
  }

  @Test
  void theMemoryIsBoundedInNumber() {
    for (int i = 0; i < 50_000; i++) {
      long address = A + (i % 7000) * 16L * PAGE;
      ledger.apply(mmap(i * 10L + 1, i * 10L + 3, address, PAGE, file(1), 0), creator(1), "/d/x.dat");
      ledger.apply(munmap(i * 10L + 4, i * 10L + 5, address, PAGE), null, null);
    }

    assertThat(ledger.mappings()).isEmpty();
    assertThat(ledger.segmentCount()).isLessThanOrEqualTo(1001);
  }

  @Test
  void twoHundredThousandMappingsComeAndGo() {
    int count = 200_000;
    for (int i = 0; i < count; i++) {
      ledger.apply(mmap(i * 10L + 1, i * 10L + 9, A + i * 2L * PAGE, PAGE, file(i % 100), 0), creator(1), "/d/x");
    }
    assertThat(ledger.mappings()).hasSize(count);
    assertThat(ledger.mappings()).isSameAs(ledger.mappings());
    for (int i = 0; i < count; i++) {
      long start = 10L * count + i * 10L;
      ledger.apply(munmap(start, start + 5, A + (count - 1 - i) * 2L * PAGE, PAGE), null, null);
    }
    assertThat(ledger.mappings()).isEmpty();
    assertThat(ledger.segmentCount()).isLessThanOrEqualTo(2001);
  }

  @Test
  void aSeedIsOlderThanAnyCall() {
    ledger.apply(munmap(10, 20, A, PAGE), null, null);
    ledger.apply(mmap(10, 20, A + PAGE, PAGE, file(2), 0), creator(2), "/d/y.dat");

    ledger.seed(
        List.of(
            new MapsLine(A, A + 3 * PAGE, "r--s", 0, file(1), "/d/x.dat", false),
            new MapsLine(A + 3 * PAGE, A + 4 * PAGE, "r-xp", 3 * PAGE, file(1), "/d/x.dat", false),
            new MapsLine(A + 9 * PAGE, A + 10 * PAGE, "rw-p", 0, null, "[heap]", false)));

    Mapping.Creator unknown = new Mapping.Creator(Owner.NATIVE, CallSite.UNKNOWN, -1, null, null, 0);
    Mapping.Creator jvm = new Mapping.Creator(Owner.JVM, CallSite.UNKNOWN, -1, null, null, 0);
    assertThat(ledger.mappings())
        .containsExactly(
            mapped(A + PAGE, A + 2 * PAGE, 0, file(2), "/d/y.dat", creator(2)),
            new Mapping(A + 2 * PAGE, A + 4 * PAGE, 2 * PAGE, file(1), "/d/x.dat", unknown),
            new Mapping(A + 9 * PAGE, A + 10 * PAGE, 0, null, null, jvm));
  }

  @Test
  void aReadingDuringACallDoesNotOverruleIt() {
    ledger.apply(mmap(10, 20, A, PAGE, file(1), 0), creator(1), "/d/x.dat");
    ledger.apply(munmap(30, 50, A, PAGE), null, null);
    MapsLine stillThere = new MapsLine(A, A + PAGE, "r--s", 0, file(1), "/d/x.dat", false);

    assertThat(ledger.reconcile(List.of(stillThere), 40, 45).total()).isZero();
    assertThat(ledger.mappings()).isEmpty();
    assertThat(ledger.compare(List.of(stillThere)))
        .singleElement()
        .asString()
        .contains("recorded nothing, actual /d/x.dat");
  }

  @Test
  void theKernelsListNamesAFileThatOnlyJavaKnew() {
    ledger.apply(mmap(10, 20, A, PAGE, null, PAGE), creator(1), "/d/x.dat");
    MapsLine line = new MapsLine(A, A + PAGE, "r--s", PAGE, file(1), "/d/x.dat", false);

    assertThat(ledger.reconcile(List.of(line), 40, 45).total()).isZero();

    assertThat(ledger.mappings())
        .containsExactly(new Mapping(A, A + PAGE, PAGE, file(1), "/d/x.dat", creator(1)));
  }

  /** Unmapped and mapped anew by another while calls were lost: the list looks the same. */
  @Test
  void afterALossAMappingMayBeSomebodyElses() {
    ledger.apply(mmap(10, 20, A, 3 * PAGE, file(1), 0), creator(1), "/d/x.dat");
    ledger.apply(munmap(22, 23, A + PAGE, PAGE), null, null);
    ledger.apply(mmap(50, 60, A + 9 * PAGE, PAGE, file(1), 0), creator(2), "/d/x.dat");
    List<MapsLine> lines =
        List.of(
            new MapsLine(A, A + PAGE, "r--s", 0, file(1), "/d/x.dat", false),
            new MapsLine(A + 2 * PAGE, A + 3 * PAGE, "r--s", 2 * PAGE, file(1), "/d/x.dat", false));

    assertThat(ledger.reconcileAfterLoss(lines, 40, 45).total()).isZero();

    Mapping.Creator somebody = new Mapping.Creator(Owner.APPLICATION, CallSite.UNKNOWN, -1, null, null, 0);
    assertThat(ledger.mappings())
        .containsExactly(
            new Mapping(A, A + PAGE, 0, file(1), "/d/x.dat", somebody),
            new Mapping(A + 2 * PAGE, A + 3 * PAGE, 2 * PAGE, file(1), "/d/x.dat", somebody),
            mapped(A + 9 * PAGE, A + 10 * PAGE, 0, file(1), "/d/x.dat", creator(2)));
    assertThat(ledger.at(A, 50).creator().callSite().known()).isFalse();
  }

  /** What was cut came whole again while calls were lost: it is one mapping, and none of it the one that was cut. */
  @Test
  void afterALossPiecesWithAHoleWhereTheListHasNoneAreReplaced() {
    ledger.apply(mmap(10, 20, A, 4 * PAGE, file(1), 0), creator(1), "/d/x.dat");
    ledger.apply(munmap(22, 23, A + PAGE, PAGE), null, null);
    List<MapsLine> lines = List.of(new MapsLine(A, A + 4 * PAGE, "r--s", 0, file(1), "/d/x.dat", false));

    assertThat(ledger.reconcileAfterLoss(lines, 40, 45).total()).isEqualTo(1);

    assertThat(ledger.mappings()).hasSize(1);
    Mapping whole = ledger.mappings().iterator().next();
    assertThat(whole).isEqualTo(new Mapping(A, A + 4 * PAGE, 0, file(1), "/d/x.dat", whole.creator()));
    assertThat(whole.creator().callSite().known()).isFalse();
  }

  /** The same, but the list was read before the loss was known, and the first mapping became known after that. */
  @Test
  void afterALossPiecesOfSeveralWhereTheListHasOneWholeAreReplaced() {
    ledger.apply(munmap(22, 23, A + PAGE, PAGE), null, null);
    List<MapsLine> lines = List.of(new MapsLine(A, A + 4 * PAGE, "r--s", 0, file(1), "/d/x.dat", false));
    ledger.reconcile(lines, 40, 45);
    ledger.apply(mmap(10, 20, A, 4 * PAGE, file(1), 0), creator(1), "/d/x.dat");
    assertThat(ledger.mappings()).hasSize(3);

    ledger.reconcileAfterLoss(lines, 50, 55);

    assertThat(ledger.mappings()).hasSize(1);
    assertThat(ledger.mappings().iterator().next().creator().callSite().known()).isFalse();
  }

  /** What was lost may be its end, and the list may show what somebody mapped there since. */
  @Test
  void afterALossNoEarlierCallExplainsWhatTheListShowed() {
    MapsLine line = new MapsLine(A, A + PAGE, "r--s", 0, file(1), "/d/x.dat", false);
    ledger.reconcileAfterLoss(List.of(line), 40, 45);

    ledger.apply(mmap(10, 20, A, PAGE, file(1), 0), creator(1), "/d/x.dat");

    assertThat(ledger.mappings().iterator().next().creator().callSite().known()).isFalse();

    ledger.apply(mmap(41, 43, A, PAGE, file(1), 0), creator(2), "/d/x.dat");

    assertThat(ledger.mappings()).containsExactly(mapped(A, A + PAGE, 0, file(1), "/d/x.dat", creator(2)));
  }

  @Test
  void anotherFileUnderTheSamePathIsNotTheSameMapping() {
    ledger.apply(mmap(10, 20, A, PAGE, file(1), 0), creator(1), "/d/x.dat");
    MapsLine line = new MapsLine(A, A + PAGE, "r--s", 0, file(2), "/d/x.dat", false);

    assertThat(ledger.compare(List.of(line))).hasSize(1);
    assertThat(ledger.reconcile(List.of(line), 40, 45)).isEqualTo(new Reconciliation(0, 0, 1));
    assertThat(ledger.at(A, 50).creator().callSite().known()).isFalse();
  }

  /** overlayfs and btrfs: {@code st_dev} of the open file is not the device of its mapping. */
  @Test
  void onAnotherDeviceThePathDecidesButNotForADeletedFile() {
    FileIdentity opened = new FileIdentity(0, 47, 1);
    ledger.apply(mmap(10, 20, A, PAGE, opened, 0), creator(1), "/d/x.dat");
    MapsLine named = new MapsLine(A, A + PAGE, "r--s", 0, file(1), "/d/x.dat", false);
    MapsLine deleted = new MapsLine(A, A + PAGE, "r--s", 0, file(1), "/d/x.dat", true);

    assertThat(ledger.compare(List.of(named))).isEmpty();
    assertThat(ledger.compare(List.of(deleted))).hasSize(1);
    assertThat(ledger.reconcile(List.of(named), 40, 45).total()).isZero();
    assertThat(ledger.mappings())
        .containsExactly(mapped(A, A + PAGE, 0, file(1), "/d/x.dat", creator(1)));
    assertThat(ledger.compare(List.of(deleted))).isEmpty();
  }

  @Test
  void aMappingThatIsLookedAtAThousandTimesIsNotForgotten() {
    ledger.apply(mmap(10, 20, A, 2 * PAGE, file(1), 0), creator(1), "/d/x.dat");
    for (int i = 0; i < 1000; i++) {
      long to = A + (10 + i) * (long) PAGE;
      ledger.apply(mremap(30 + 10 * i, 35 + 10 * i, A, 0, PAGE, Calls.MAYMOVE, to), creator(2), null);
    }

    assertThat(ledger.mappings()).hasSize(1001).allMatch(mapping -> "/d/x.dat".equals(mapping.path()));
    assertThat(ledger.mappings().iterator().next())
        .isEqualTo(mapped(A, A + 2 * PAGE, 0, file(1), "/d/x.dat", creator(1)));
  }

  @Test
  void aReadingThatEndsBeforeItsStartIsRefused() {
    assertThatThrownBy(() -> ledger.reconcile(List.of(), 50, 40))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("/proc/self/maps");
  }
}
