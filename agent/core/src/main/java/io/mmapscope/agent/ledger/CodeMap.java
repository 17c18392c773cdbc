package io.mmapscope.agent.ledger;

import java.util.Arrays;
import java.util.List;

/** Whose code is where: each address range of the process with what kind of code it holds, if any. Immutable. */
final class CodeMap {

  enum Kind {
    /** Nothing is mapped there. */
    NONE,
    /** Mapped, but no code. */
    DATA,
    /** libjvm, the JDK's own libraries and launcher. */
    JVM,
    /** The C library, the dynamic linker, the vdso, an allocator: they act for their caller. */
    SERVANT,
    /** Any other library or program. */
    NATIVE,
    /** Code without a file: compiled or generated at run time. */
    GENERATED
  }

  private static final List<String> ALLOCATORS = List.of("libjemalloc", "libtcmalloc", "libmimalloc");

  private final long[] starts;
  private final long[] ends;
  private final Kind[] kinds;

  CodeMap(List<MapsLine> allLines, FileOwners owners) {
    List<MapsLine> lines = allLines.stream().filter(line -> line.start() >= 0).toList(); // without [vsyscall]
    starts = lines.stream().mapToLong(MapsLine::start).toArray();
    ends = lines.stream().mapToLong(MapsLine::end).toArray();
    kinds = lines.stream().map(line -> kind(line, owners)).toArray(Kind[]::new);
  }

  Kind kindAt(long address) {
    int index = indexOf(address);
    return index < 0 ? Kind.NONE : kinds[index];
  }

  /** First byte of the range that holds the address, which must be in one. */
  long startOf(long address) {
    return starts[indexOf(address)];
  }

  /** True where both know the same code; data is left aside. */
  boolean sameCode(CodeMap other) {
    return Arrays.equals(code(), other.code());
  }

  private long[] code() {
    long[] result = new long[starts.length];
    int count = 0;
    for (int i = 0; i < starts.length; i++) {
      if (kinds[i] == Kind.JVM || kinds[i] == Kind.SERVANT || kinds[i] == Kind.NATIVE) {
        result[count++] = starts[i];
      }
    }
    return Arrays.copyOf(result, count);
  }

  private int indexOf(long address) {
    int index = Arrays.binarySearch(starts, address);
    index = index >= 0 ? index : -index - 2;
    return index >= 0 && address < ends[index] ? index : -1;
  }

  private static Kind kind(MapsLine line, FileOwners owners) {
    if (!line.executable()) {
      return Kind.DATA;
    }
    String path = line.path();
    if (path == null) {
      return line.name().equals("[vdso]") ? Kind.SERVANT : Kind.GENERATED;
    }
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (owners.partOfJvm(path)) {
      return Kind.JVM;
    }
    return FileOwners.partOfC(path) || ALLOCATORS.stream().anyMatch(name::startsWith) ? Kind.SERVANT : Kind.NATIVE;
  }
}
