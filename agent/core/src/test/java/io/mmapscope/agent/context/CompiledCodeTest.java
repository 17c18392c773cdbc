package io.mmapscope.agent.context;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.CallSite;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is certain of a moment, with a JVM that says what the test wants; {@code CompiledCodeOnJvmsTest} has real ones. */
class CompiledCodeTest {

  private static final long HOT = 0x7f0000001000L;
  private static final long CALLER = 0x7f0000002000L;
  private static final long NATIVE = 0x7fff00000000L;
  private static final long MILLI = 1_000_000;

  private final List<String> list = new ArrayList<>();
  private String flags = "-XX:+PreserveFramePointer -XX:+UseG1GC";
  private long nanos = 1000 * MILLI;
  private long takes = MILLI;
  private int readings;
  private final CompiledCode code = new CompiledCode(this::diagnose, new CallSites(), () -> nanos);

  @Test
  void aMethodInTheListBeforeAndAfterIsCertain() {
    compiled(7, "com.acme.Index.search", HOT);
    code.settled(HOT, nanos);
    long fault = after(10);
    after(300);

    CallSite site = code.at(HOT + 0x10, fault);
    assertThat(site.functionName()).isEqualTo("com.acme.Index.search");
    assertThat(site.line()).isNegative();
    assertThat(site.fileName()).isNull();
    assertThat(code.at(HOT + 0x20, fault)).isSameAs(site);
    assertThat(code.at(HOT + 0x5000, fault)).isSameAs(CallSite.UNKNOWN);
    assertThat(code.settled(HOT, fault)).isTrue();
    assertThat(readings).isEqualTo(2);
  }

  @Test
  void ofTheTimeBeforeTheFirstReadingNothingIs() {
    compiled(7, "com.acme.Index.search", HOT);
    long fault = after(1);
    assertThat(code.at(HOT, fault)).isSameAs(CallSite.UNKNOWN);
    after(300);
    assertThat(code.at(HOT, fault)).isSameAs(CallSite.UNKNOWN);
    assertThat(code.at(HOT, after(1) - MILLI / 2).known()).isTrue();
  }

  @Test
  void aMethodCompiledSinceTheLastReadingIsNotCertain() {
    code.settled(HOT, nanos);
    long fault = after(300);
    compiled(7, "com.acme.Index.search", HOT);
    assertThat(code.at(HOT, fault)).isSameAs(CallSite.UNKNOWN);
  }

  @Test
  void codeInThePlaceOfOtherCodeIsNotCertain() {
    compiled(7, "com.acme.Index.search", HOT);
    code.settled(HOT, nanos);
    long fault = after(300);
    list.clear();
    compiled(8, "com.acme.Index.insert", HOT);
    assertThat(code.at(HOT, fault)).isSameAs(CallSite.UNKNOWN);
  }

  @Test
  void aMomentWithinAReadingIsNotCertain() {
    compiled(7, "com.acme.Index.search", HOT);
    takes = 20 * MILLI;
    code.settled(HOT, nanos);
    long fault = nanos - 10 * MILLI;
    after(1000);
    assertThat(code.at(HOT, fault)).isSameAs(CallSite.UNKNOWN);
  }

  @Test
  void theListIsReadAtABoundedRate() {
    compiled(7, "com.acme.Index.search", HOT);
    takes = 20 * MILLI;
    long began = nanos;
    int certain = 0;
    for (int i = 0; i < 10_000; i++) {
      long fault = nanos;
      nanos += 3 * MILLI;
      certain += code.at(HOT, fault).known() ? 1 : 0;
    }
    assertThat(readings * takes).isLessThan((nanos - began) / 49);
    assertThat(readings).isGreaterThan(20);
    assertThat(certain).isEqualTo(readings - 1);
  }

  @Test
  void theListIsNotReadForTheInterpreterOrNativeCode() {
    for (long address : new long[] {0x7f0000009000L, NATIVE, 0, -1}) {
      assertThat(code.settled(address, nanos)).isTrue();
      assertThat(code.at(address, nanos)).isSameAs(CallSite.UNKNOWN);
      assertThat(code.stack(new long[] {address, HOT}, nanos).frames()).isEmpty();
    }
    assertThat(readings).isZero();
  }

  @Test
  void aFaultThatWaitsForTheNextReadingIsCertain() {
    compiled(7, "com.acme.Index.search", HOT);
    code.settled(HOT, nanos);
    long first = after(300);
    nanos += MILLI;
    assertThat(code.settled(HOT, first)).isTrue();
    long second = after(10);
    nanos += MILLI;
    assertThat(code.settled(HOT, second)).isFalse();
    assertThat(code.at(HOT, second)).isSameAs(CallSite.UNKNOWN);
    after(300);
    assertThat(code.settled(HOT, second)).isTrue();
    assertThat(code.at(HOT, second).known()).isTrue();
  }

  @Test
  void aStackIsCompiledCodeAndWhatIsBetweenIt() {
    compiled(7, "com.acme.Index.search", HOT);
    compiled(8, "com.acme.Server.serve", CALLER);
    long fault = betweenReadings();

    long interpreted = 0x7f0000009000L;
    long[] addresses = {HOT + 5, CALLER + 0x100, interpreted, interpreted, CALLER + 9, NATIVE, CALLER + 9, 0};
    assertThat(code.stack(addresses, fault).frames())
        .extracting(frame -> frame.getClassName() + "." + frame.getMethodName())
        .containsExactly(
            "com.acme.Index.search", "com.acme.Server.serve", "jvm.notCompiled", "com.acme.Server.serve");
    assertThat(code.stack(new long[] {NATIVE, CALLER + 9}, fault).frames()).isEmpty();
    assertThat(code.stack(new long[] {interpreted, CALLER + 9}, fault).frames()).isEmpty();
    assertThat(code.stack(new long[2], fault).frames()).isEmpty();
    assertThat(code.stack(new long[0], fault).frames()).isEmpty();
  }

  @Test
  void aVirtualThreadsStackIsWithoutItsCarriers() {
    compiled(7, "com.acme.Index.search", HOT);
    compiled(8, "jdk.internal.vm.Continuation.enterSpecial", CALLER);
    long fault = betweenReadings();
    assertThat(code.stack(new long[] {HOT, HOT + 5, CALLER + 9, HOT + 5, 0}, fault).frames()).hasSize(2);
  }

  @Test
  void withoutFramePointersThereIsNoStack() {
    flags = "-XX:+UseG1GC";
    compiled(7, "com.acme.Index.search", HOT);
    long fault = betweenReadings();
    assertThat(code.stack(new long[] {HOT, HOT}, fault).frames()).isEmpty();
    assertThat(code.at(HOT, fault).known()).isTrue();
  }

  @Test
  void aJvmWithoutTheCommandIsAskedOnce() {
    int[] asked = {0};
    CompiledCode silent =
        new CompiledCode(
            command -> {
              asked[0]++;
              return null;
            },
            new CallSites(),
            () -> nanos);
    assertThat(silent.at(HOT, nanos)).isSameAs(CallSite.UNKNOWN);
    assertThat(silent.settled(HOT, nanos)).isTrue();
    assertThat(silent.stack(new long[] {HOT}, nanos).frames()).isEmpty();
    assertThat(asked[0]).isLessThanOrEqualTo(3);
  }

  private long betweenReadings() {
    code.settled(HOT, nanos);
    long fault = after(1);
    after(300);
    return fault;
  }

  private long after(long millis) {
    nanos += millis * MILLI;
    return nanos - MILLI / 2;
  }

  private void compiled(int id, String method, long start) {
    list.add("%d 4 0 %s(J)J [0x%016x, 0x%016x - 0x%016x]".formatted(id, method, start - 0x180, start, start + 0x100));
  }

  private String diagnose(String command) {
    switch (command) {
      case "Compiler.codelist" -> {
        readings++;
        nanos += takes;
        return String.join("\n", list) + "\n";
      }
      case "Compiler.codecache" -> {
        return """
            CodeHeap 'non-profiled nmethods': size=1Kb
             bounds [0x00007f0000000000, 0x00007f0000006000, 0x00007f0000008000]
            CodeHeap 'non-nmethods': size=1Kb
             bounds [0x00007f0000008000, 0x00007f0000009000, 0x00007f0000010000]
             total_blobs=1862 nmethods=1423 adapters=352
            """;
      }
      default -> {
        return command.equals("VM.flags") ? flags : null;
      }
    }
  }
}
