package io.mmapscope.exporter.spans;

import java.util.StringJoiner;

/** The flag words of the memory-mapping system calls, with the values of Linux on x86-64 and AArch64. */
final class Flags {

  private static final BitNames PROT =
      new BitNames(
          "PROT_NONE",
          "PROT_READ", 1, "PROT_WRITE", 2, "PROT_EXEC", 4, "PROT_SEM", 8,
          "PROT_GROWSDOWN", 0x1000000, "PROT_GROWSUP", 0x2000000);

  private static final BitNames MAP =
      new BitNames(
          "0",
          "MAP_FIXED", 0x10, "MAP_ANONYMOUS", 0x20, "MAP_32BIT", 0x40, "MAP_ABOVE4G", 0x80, "MAP_GROWSDOWN", 0x100,
          "MAP_DENYWRITE", 0x800, "MAP_EXECUTABLE", 0x1000, "MAP_LOCKED", 0x2000, "MAP_NORESERVE", 0x4000,
          "MAP_POPULATE", 0x8000, "MAP_NONBLOCK", 0x10000, "MAP_STACK", 0x20000, "MAP_HUGETLB", 0x40000,
          "MAP_SYNC", 0x80000, "MAP_FIXED_NOREPLACE", 0x100000, "MAP_UNINITIALIZED", 0x4000000);

  private static final BitNames MREMAP =
      new BitNames("0", "MREMAP_MAYMOVE", 1, "MREMAP_FIXED", 2, "MREMAP_DONTUNMAP", 4);

  private static final BitNames MSYNC = new BitNames("0", "MS_ASYNC", 1, "MS_INVALIDATE", 2, "MS_SYNC", 4);

  private static final long MAP_TYPE = 0xf;
  private static final long MAP_HUGETLB = 0x40000;
  private static final int MAP_HUGE_SHIFT = 26;
  private static final long MAP_HUGE_SIZE = 0x3fL << MAP_HUGE_SHIFT;

  private static final String[] ADVICE =
      ("MADV_NORMAL MADV_RANDOM MADV_SEQUENTIAL MADV_WILLNEED MADV_DONTNEED - - - MADV_FREE MADV_REMOVE MADV_DONTFORK "
              + "MADV_DOFORK MADV_MERGEABLE MADV_UNMERGEABLE MADV_HUGEPAGE MADV_NOHUGEPAGE MADV_DONTDUMP MADV_DODUMP "
              + "MADV_WIPEONFORK MADV_KEEPONFORK MADV_COLD MADV_PAGEOUT MADV_POPULATE_READ MADV_POPULATE_WRITE "
              + "MADV_DONTNEED_LOCKED MADV_COLLAPSE")
          .split(" ");
  private static final String[] ADVICE_FROM_100 =
      {"MADV_HWPOISON", "MADV_SOFT_OFFLINE", "MADV_GUARD_INSTALL", "MADV_GUARD_REMOVE"};

  static final long MREMAP_FIXED = 2;
  static final long MREMAP_DONTUNMAP = 4;

  private Flags() {}

  static String prot(long prot) {
    return PROT.spell(prot);
  }

  /** The flags of mmap: one of the types in the low four bits, then flags, then the size of huge pages. */
  static String map(long flags) {
    if (flags == 0) {
      return "MAP_FILE";
    }
    StringJoiner spelled = new StringJoiner("|");
    String type = mapType(flags & MAP_TYPE);
    if (!type.isEmpty()) {
      spelled.add(type);
    }
    long hugeSize = (flags & MAP_HUGETLB) != 0 ? flags & MAP_HUGE_SIZE : 0;
    long left = MAP.addTo(spelled, flags & ~MAP_TYPE & ~hugeSize);
    if (left != 0) {
      spelled.add("0x" + Long.toHexString(left));
    }
    if (hugeSize != 0) {
      spelled.add((hugeSize >>> MAP_HUGE_SHIFT) + "<<MAP_HUGE_SHIFT");
    }
    return spelled.toString();
  }

  private static String mapType(long type) {
    return switch ((int) type) {
      case 0 -> "";
      case 1 -> "MAP_SHARED";
      case 2 -> "MAP_PRIVATE";
      case 3 -> "MAP_SHARED_VALIDATE";
      case 8 -> "MAP_DROPPABLE";
      default -> "0x" + Long.toHexString(type);
    };
  }

  static String mremap(long flags) {
    return MREMAP.spell(flags);
  }

  static String msync(long flags) {
    return MSYNC.spell(flags);
  }

  /** An advice of madvise, which is a number, not bits. */
  static String advice(long advice) {
    String name = null;
    if (advice >= 0 && advice < ADVICE.length) {
      name = ADVICE[(int) advice];
    } else if (advice >= 100 && advice < 100 + ADVICE_FROM_100.length) {
      name = ADVICE_FROM_100[(int) advice - 100];
    }
    return name == null || name.equals("-") ? "0x" + Long.toHexString(advice) : name;
  }
}
