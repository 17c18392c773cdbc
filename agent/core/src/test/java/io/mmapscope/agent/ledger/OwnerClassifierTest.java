package io.mmapscope.agent.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Owner;
import io.mmapscope.agent.model.Syscall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OwnerClassifierTest {

  private static final long LIBC = 0x7f1000000000L;
  private static final long LIBJVM = 0x7f2000000000L;
  private static final long LIBACME = 0x7f3000000000L;
  private static final long CODE_CACHE = 0x7f4000000000L;
  private static final long VDSO = 0x7f5000000000L;
  private static final long STACK = 0x7f6000000000L;
  private static final long LATE = 0x7f7000000000L;
  private static final long LIBNIO = 0x7f8000000000L;
  private static final int CALL_AT = 0x100; // a return address lies at this offset in each

  private final Map<Long, byte[]> calls = new HashMap<>();
  private final List<MapsLine> maps = new ArrayList<>();
  private long nanos = 1;
  private int readings;
  private int reads;

  private final OwnerClassifier classifier = classifier(ReturnAddresses.X86_64);

  OwnerClassifierTest() {
    code(LIBC, "/usr/lib/x86_64-linux-gnu/libc.so.6");
    code(LIBJVM, "/opt/jdk/lib/server/libjvm.so");
    code(LIBACME, "/srv/app/libacme.so");
    code(CODE_CACHE, "");
    code(VDSO, "[vdso]");
    code(LIBNIO, "/opt/jdk/lib/libnio.so");
    maps.add(new MapsLine(STACK, STACK + 0x10000, "rw-p", 0, null, "[stack]", false));
    maps.add(new MapsLine(0xffffffffff600000L, 0xffffffffff601000L, "--xp", 0, null, "[vsyscall]", false));
  }

  @ParameterizedTest
  @CsvSource({
    "libjvm, JVM", "libnio, JVM", "libacme, NATIVE", "codeCache, NATIVE",
    "libc libjvm libacme, JVM", "libc libacme libjvm, NATIVE", "libc vdso libc libacme, NATIVE",
    "stack libc codeCache libjvm, NATIVE", "libc stack libjvm, JVM"
  })
  void theFirstCodeOutsideTheCLibraryDecides(String frames, Owner owner) {
    assertThat(classifier.classify(call(0), "java", stack(frames))).isEqualTo(owner);
  }

  @Test
  void aWordThatFollowsNoCallIsNoFrame() {
    long[] stack = {LIBACME + 0x50, LIBACME, LIBJVM + CALL_AT, LIBACME + CALL_AT};

    assertThat(classifier.classify(call(0), "java", stack)).isEqualTo(Owner.JVM);
  }

  @ParameterizedTest
  @CsvSource({
    "GC Thread#3, JVM", "G1 Main Marker, JVM", "C2 CompilerThre, JVM", "VM Thread, JVM", "java, NATIVE",
    "rocksdb:low0, NATIVE"
  })
  void withoutAFrameTheThreadsNameDecidesWhoMapsAFile(String thread, Owner owner) {
    KernelCall mmap = Calls.mmap(1, 2, 0x1000, 4096, Calls.file(1), 0);
    assertThat(classifier.classify(mmap, thread, new long[30])).isEqualTo(owner);
    assertThat(classifier.classify(mmap, thread, stack("libc stack"))).isEqualTo(owner);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GC Thread#3", "java", "rocksdb:low0"})
  void withoutAFrameMemoryWithoutAFileIsTheJvms(String thread) {
    assertThat(classifier.classify(call(0), thread, new long[30])).isEqualTo(Owner.JVM);
    assertThat(classifier.classify(Calls.munmap(1, 2, 0x1000, 4096), thread, new long[30])).isEqualTo(Owner.JVM);
  }

  @Test
  void theAgentsThreadsAreTheAgents() {
    assertThat(classifier.classify(call(KernelCall.FLAG_AGENT), "GC Thread#0", stack("libjvm")))
        .isEqualTo(Owner.AGENT);
    assertThat(readings).isZero();
  }

  @Test
  void codeIsReadOnceForOneAddress() {
    for (int i = 0; i < 100; i++) {
      classifier.classify(call(0), "java", stack("libc libacme"));
    }
    assertThat(reads).isEqualTo(1);
    assertThat(readings).isEqualTo(1);
  }

  @Test
  void aLibraryThatWasLoadedLaterIsFoundAtABoundedRate() {
    long[] stack = {LATE + CALL_AT, LIBJVM + CALL_AT};
    assertThat(classifier.classify(call(0), "java", stack)).isEqualTo(Owner.JVM);
    code(LATE, "/srv/app/liblate.so");

    nanos += 500_000_000;
    assertThat(classifier.classify(call(0), "java", stack)).isEqualTo(Owner.JVM);
    assertThat(readings).isEqualTo(1);
    nanos += 600_000_000;
    assertThat(classifier.classify(call(0), "java", stack)).isEqualTo(Owner.NATIVE);
    assertThat(readings).isEqualTo(2);
  }

  @Test
  void theLoadingOfALibraryIsSeenAtOnce() {
    long[] stack = {LATE + CALL_AT, LIBJVM + CALL_AT};
    classifier.classify(call(0), "java", stack);
    code(LATE, "/srv/app/liblate.so");
    nanos += 150_000_000;
    classifier.classify(
        Calls.call(Syscall.MMAP, 1, 2, 1, Calls.file(1), LATE, 0, 4096, 5, 2, 3, 0), "java", stack("libc libjvm"));

    assertThat(classifier.classify(call(0), "java", stack)).isEqualTo(Owner.NATIVE);
  }

  @Test
  void numbersThatOnlyLookLikeAddressesDoNotKeepItReading() {
    for (int i = 0; i < 600; i++) {
      nanos += 1_000_000_000L;
      classifier.classify(call(0), "java", new long[] {LATE + i * 4096L});
    }
    assertThat(readings).isBetween(5, 20);
  }

  /** The number above an address is its pointer authentication code; with bit 55 it is no address of the user's. */
  @Test
  void onAarch64SignedReturnAddressesAreRead() {
    calls.replaceAll((address, call) -> HexFormat.of().parseHex("1f2003d500003fd6")); // nop, blr x0
    long[] stack = {-1, 0xffff_0000_0000_0000L, 0x0080_0000_0000_0000L | LIBJVM + CALL_AT, 0x0015_0000_0000_0000L | LIBACME + CALL_AT};

    assertThat(classifier(ReturnAddresses.AARCH64).classify(call(0), "java", stack)).isEqualTo(Owner.NATIVE);
    assertThat(readings).isEqualTo(1);
  }

  private OwnerClassifier classifier(ReturnAddresses processor) {
    return new OwnerClassifier(this::read, this::readMaps, () -> nanos, new FileOwners("/opt/jdk"), processor);
  }

  private void code(long start, String name) {
    boolean library = name.startsWith("/");
    maps.add(
        new MapsLine(
            start, start + 0x1000, "r-xp", 0, library ? Calls.file((int) (start >> 36)) : null, name, false));
    calls.put(start + CALL_AT, HexFormat.of().parseHex("9090e811223344"));
  }

  private static long[] stack(String frames) {
    Map<String, Long> addresses =
        Map.of(
            "libc", LIBC, "libjvm", LIBJVM, "libacme", LIBACME, "codeCache", CODE_CACHE, "vdso", VDSO, "stack", STACK,
            "libnio", LIBNIO);
    List<Long> words = new ArrayList<>();
    for (String frame : frames.split(" ")) {
      words.add(0L);
      words.add(42L);
      words.add(addresses.get(frame) + CALL_AT);
    }
    return words.stream().mapToLong(Long::longValue).toArray();
  }

  private static KernelCall call(int flags) {
    return new KernelCall(
        Syscall.MMAP, 1, 1, List.of(0L, 4096L, 1L, 0x22L, -1L, 0L), 0x1000, 1, null, -1, null, -1, flags);
  }

  private List<MapsLine> readMaps() {
    readings++;
    maps.sort((a, b) -> Long.compareUnsigned(a.start(), b.start()));
    return List.copyOf(maps);
  }

  private boolean read(long address, byte[] into, int length) {
    reads++;
    byte[] code = calls.getOrDefault(address + length, new byte[7]);
    System.arraycopy(code, code.length - length, into, 0, length);
    return true;
  }
}
