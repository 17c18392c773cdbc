package io.mmapscope.agent.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Memory;
import io.mmapscope.agent.model.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a range is used for, with a JVM that says what the test wants; {@code MemoryKindsOnJvmsTest} has real ones. */
class MemoryKindsTest {

  private static final FileIdentity LIBRARY = new FileIdentity(8, 1, 11);
  private static final FileIdentity DATA = new FileIdentity(8, 1, 12);
  private static final String HEAP =
      """
       PSYoungGen      total 76288K, used 30147K [0x00000000fab00000, 0x00000000fb000000, 0x0000000100000000)
        eden space 65536K, 46% used [0x00000000fab00000,0x00000000fc870ee0,0x00000000feb00000)
       ParOldGen       total 175104K, used 0K [0x00000000f0000000, 0x00000000f1000000, 0x00000000fab00000)
       Metaspace       used 11438K, committed 11648K, reserved 1114112K
       - map (vanilla): 0x0000000000013c00
      """;
  private static final String CODE =
      """
      CodeHeap 'profiled nmethods': size=120032Kb used=2467Kb max_used=2467Kb free=117564Kb
       bounds [0x00007fad49400000, 0x00007fad49670000, 0x00007fad50938000]
      """;

  private final List<MapsLine> maps = new ArrayList<>();
  private long nanos = 1000;
  private int readings;
  private int commands;
  private final MemoryKinds kinds = new MemoryKinds(this::diagnose, this::maps, () -> nanos);

  @Test
  void theJvmTellsItsHeapAndItsCodeCache() {
    assertThat(anonymous(0xf0000000L)).isEqualTo(Memory.JAVA_HEAP);
    assertThat(anonymous(0xfaafffffL)).isEqualTo(Memory.JAVA_HEAP);
    assertThat(anonymous(0xffffffffL)).isEqualTo(Memory.JAVA_HEAP);
    assertThat(anonymous(0x100000000L)).isEqualTo(Memory.ANONYMOUS);
    assertThat(anonymous(0xefffffffL)).isEqualTo(Memory.ANONYMOUS);
    assertThat(anonymous(0x13c00L)).isEqualTo(Memory.ANONYMOUS);
    assertThat(anonymous(0x7fad50937fffL)).isEqualTo(Memory.CODE_CACHE);
    assertThat(anonymous(0x7fad50938000L)).isEqualTo(Memory.ANONYMOUS);
    assertThat(commands).isEqualTo(2);
  }

  @Test
  void aJvmThatTellsNothingHasMemoryWithoutAKind() {
    MemoryKinds silent = new MemoryKinds(command -> null, this::maps, () -> nanos);
    assertThat(silent.of(mapping(Owner.JVM, null, null, 0), 0xf0000000L, false)).isEqualTo(Memory.ANONYMOUS);
  }

  @Test
  void aStackIsMemoryThatAThreadTouchesNearItsStackPointer() {
    Mapping memory = mapping(Owner.JVM, null, null, 0);
    assertThat(kinds.of(memory, 0x7f0000000000L, true)).isEqualTo(Memory.THREAD_STACK);
    assertThat(kinds.of(memory, 0xf0000000L, true)).isEqualTo(Memory.JAVA_HEAP);
    assertThat(kinds.of(mapping(Owner.APPLICATION, DATA, "/data", 0), 0x7f0000000000L, true)).isEqualTo(Memory.FILE);
  }

  @Test
  void theJvmsFilesAreALibrarysAndTheHeapOfZgcIsAHeap() {
    assertThat(file(Owner.JVM, DATA, "/opt/jdk/lib/modules", 0)).isEqualTo(Memory.LIBRARY);
    assertThat(file(Owner.JVM, DATA, "/memfd:java_heap", 0)).isEqualTo(Memory.JAVA_HEAP);
    assertThat(file(Owner.JVM, DATA, "/memfd:java_heap.hugetlb", 0)).isEqualTo(Memory.JAVA_HEAP);
    assertThat(file(Owner.APPLICATION, DATA, "/memfd:java_heap", 0)).isEqualTo(Memory.FILE);
    assertThat(readings).isZero();
    assertThat(file(Owner.JVM, DATA, null, 0)).as("the JVM's, of an unknown path").isNull();
  }

  @Test
  void nativeCodesFilesAreALibrarysWhereSomePartOfThemIsCode() {
    code(LIBRARY, "/srv/app/libacme.so");
    assertThat(file(Owner.NATIVE, LIBRARY, "/srv/app/libacme.so", 0)).isEqualTo(Memory.LIBRARY);
    assertThat(file(Owner.NATIVE, new FileIdentity(0, 40, 11), "/srv/app/libacme.so", 0))
        .as("a file system with two device numbers")
        .isEqualTo(Memory.LIBRARY);
    assertThat(file(Owner.NATIVE, DATA, "/srv/data.sst", 0)).isEqualTo(Memory.FILE);
    assertThat(file(Owner.AGENT, DATA, "/tmp/own", 0)).isEqualTo(Memory.FILE);
    assertThat(file(Owner.APPLICATION, LIBRARY, "/srv/app/libacme.so", 0)).isEqualTo(Memory.LIBRARY);
    assertThat(readings).isOne();
  }

  @Test
  void aFileThatNativeCodeMappedSinceIsLookedUpAtABoundedRate() {
    assertThat(file(Owner.NATIVE, LIBRARY, null, 0)).isEqualTo(Memory.FILE);
    code(LIBRARY, "/srv/app/libacme.so");

    nanos += 500_000_000;
    assertThat(file(Owner.NATIVE, LIBRARY, null, nanos)).as("not yet").isNull();
    assertThat(file(Owner.APPLICATION, DATA, "/data", nanos)).as("the application's").isEqualTo(Memory.FILE);
    assertThat(readings).isOne();
    nanos += 600_000_000;
    assertThat(file(Owner.NATIVE, LIBRARY, null, nanos - 1)).isEqualTo(Memory.LIBRARY);
    assertThat(readings).isEqualTo(2);
  }

  private Memory anonymous(long address) {
    return kinds.of(mapping(Owner.JVM, null, null, 0), address, false);
  }

  private Memory file(Owner owner, FileIdentity file, String path, long nanos) {
    return kinds.of(mapping(owner, file, path, nanos), 0x7f0000000000L, false);
  }

  private static Mapping mapping(Owner owner, FileIdentity file, String path, long nanos) {
    Mapping.Creator creator = new Mapping.Creator(owner, CallSite.UNKNOWN, -1, null, null, nanos);
    return new Mapping(0x7f0000000000L, 0x7f0000010000L, 0, file, path, creator);
  }

  private void code(FileIdentity file, String path) {
    maps.add(new MapsLine(0x1000, 0x2000, "r--p", 0, file, path, false));
    maps.add(new MapsLine(0x2000, 0x3000, "r-xp", 0x1000, file, path, false));
  }

  private String diagnose(String command) {
    commands++;
    return Map.of("GC.heap_info", HEAP, "Compiler.codecache", CODE).get(command);
  }

  private List<MapsLine> maps() {
    readings++;
    return maps;
  }
}
