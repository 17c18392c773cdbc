package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Mapping;

/** What each system call does to the address space, as {@code mm/mmap.c} and {@code mm/mremap.c} define it. */
final class Effects {

  private static final long MAP_FIXED = 0x10;
  private static final long MAP_ANONYMOUS = 0x20;
  private static final long MREMAP_FIXED = 2;
  private static final long MREMAP_DONTUNMAP = 4;
  private static final int EINVAL = 22;
  private static final int EBADF = 9;

  private final Ranges ranges;
  private final long pageSize;
  private long lastId;

  Effects(Ranges ranges, int pageSize) {
    this.ranges = ranges;
    this.pageSize = pageSize;
  }

  long nextId() {
    return ++lastId;
  }

  /**
   * Writes the call's effect.
   *
   * @return false where the call's effect is not certain: it failed when it may have taken effect in part, or nothing
   *     is known of what it started from
   */
  boolean write(KernelCall call, Mapping.Creator creator, String path) {
    if (call.failed()) {
      return !mayHaveUnmapped(call);
    }
    boolean known = true;
    switch (call.syscall()) {
      case MMAP -> mmap(call, creator, path);
      case MUNMAP -> munmap(call);
      case MREMAP -> {
        known = knows(call.arg(0), call);
        mremap(call, creator);
      }
      case REMAP_FILE_PAGES -> {
        known = knows(call.arg(0), call);
        remapFilePages(call, creator, path);
      }
      case MPROTECT, MSYNC, MADVISE -> {
        // None of them changes what is mapped where.
      }
    }
    return known;
  }

  private boolean knows(long address, KernelCall call) {
    return ranges.at(address, Stamp.read(call)) != null;
  }

  /** True where the call did something that the ledger keeps. */
  boolean changesMappings(KernelCall call) {
    return !call.failed()
        && switch (call.syscall()) {
          case MMAP, MUNMAP, MREMAP, REMAP_FILE_PAGES -> true;
          case MPROTECT, MSYNC, MADVISE -> false;
        };
  }

  /**
   * The kernel checks the arguments first (EINVAL, EBADF), then unmaps the range that MAP_FIXED or MREMAP_FIXED names,
   * and only then does what may still fail.
   */
  private static boolean mayHaveUnmapped(KernelCall call) {
    if (call.errno() == EINVAL || call.errno() == EBADF) {
      return false;
    }
    return switch (call.syscall()) {
      case MMAP -> (call.arg(3) & MAP_FIXED) != 0;
      case MREMAP -> (call.arg(3) & MREMAP_FIXED) != 0;
      case REMAP_FILE_PAGES -> true;
      case MUNMAP, MPROTECT, MSYNC, MADVISE -> false;
    };
  }

  private void mmap(KernelCall call, Mapping.Creator creator, String path) {
    long start = call.result();
    long end = start + roundUp(call.arg(1));
    long flags = call.arg(3);
    if (end <= start) {
      return;
    }
    // MAP_FIXED_NOREPLACE succeeds only on a free range: it waits for an unmap like a range of the kernel's choice.
    Stamp stamp = Stamp.appear(call, (flags & MAP_FIXED) != 0);
    // Shared anonymous memory has a nameless file inside the kernel, which is nobody's file.
    Content content =
        (flags & MAP_ANONYMOUS) != 0
            ? Content.anonymous(nextId(), creator)
            : Content.ofFile(nextId(), call.file(), path, creator, call.arg(5) - start, call.fileSize());
    ranges.write(start, end, stamp, content);
  }

  private void munmap(KernelCall call) {
    long start = call.arg(0);
    long end = start + roundUp(call.arg(1));
    if (end > start) {
      ranges.write(start, end, Stamp.vanish(call), null);
    }
  }

  private void mremap(KernelCall call, Mapping.Creator creator) {
    long oldStart = call.arg(0);
    long oldSize = roundUp(call.arg(1));
    long newStart = call.result();
    long newSize = roundUp(call.arg(2));
    long flags = call.arg(3);
    long shift = newStart - oldStart;
    if (newSize <= 0 || oldSize < 0) {
      return;
    }
    Stamp found = Stamp.read(call);
    Stamp made = Stamp.appear(call, (flags & MREMAP_FIXED) != 0);
    Content unknown = Content.anonymous(nextId(), creator);
    if (oldSize == 0) {
      // A second mapping of the same shared pages; the first stays.
      ranges.derive(
          oldStart,
          oldStart + pageSize,
          Derivation.stretch(found, made, shift, newStart, newStart + newSize, unknown));
      return;
    }
    long kept = Math.min(oldSize, newSize);
    if (shift != 0) {
      ranges.derive(oldStart, oldStart + kept, Derivation.move(found, made, shift));
    }
    if (newSize > oldSize) {
      long lastPage = oldStart + oldSize - pageSize;
      ranges.derive(
          lastPage,
          lastPage + pageSize,
          Derivation.stretch(Stamp.readForGrowth(call), made, shift, newStart + oldSize, newStart + newSize, unknown));
    }
    Stamp gone = Stamp.vanish(call);
    if (shift == 0 && newSize < oldSize) {
      ranges.write(oldStart + newSize, oldStart + oldSize, gone, null);
    } else if (shift != 0 && (flags & MREMAP_DONTUNMAP) == 0) {
      ranges.write(oldStart, oldStart + oldSize, gone, null);
    }
  }

  private void remapFilePages(KernelCall call, Mapping.Creator creator, String path) {
    long start = call.arg(0) & -pageSize;
    long end = start + (call.arg(1) & -pageSize);
    if (end <= start) {
      return;
    }
    long distance = call.arg(3) * pageSize - start;
    Content remapped = Content.ofFile(nextId(), call.file(), path, creator, distance, call.fileSize());
    Derivation derivation =
        Derivation.remap(Stamp.read(call), Stamp.appear(call, true), start, end, remapped);
    ranges.derive(start, start + pageSize, derivation);
  }

  private long roundUp(long bytes) {
    return (bytes + pageSize - 1) & -pageSize;
  }
}
