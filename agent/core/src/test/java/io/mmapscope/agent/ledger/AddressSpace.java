package io.mmapscope.agent.ledger;

import static io.mmapscope.agent.ledger.Calls.PAGE;

import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Syscall;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A page table under a random program of many threads. Each call takes effect at one moment within its time; the calls'
 * times overlap as far as a sane program lets them: it uses an address only after the call that made it has returned,
 * and waits for everybody before it takes an address by force.
 */
final class AddressSpace {

  static final long BASE = 0x10000000L;

  /** What is on one page; file null: anonymous. */
  record Page(FileIdentity file, long offset, Mapping.Creator creator) {
    Page movedIn(long bytes, Mapping.Creator by) {
      return new Page(file, file == null ? 0 : offset + bytes, by);
    }
  }

  record Event(KernelCall call, Mapping.Creator creator, String path) {}

  /** At the start of a call, this page held this. */
  record Known(int page, long nanos, Page content) {}

  final Page[] pages;
  final List<Event> events = new ArrayList<>();
  final List<Known> known = new ArrayList<>();
  final List<Page[]> history = new ArrayList<>();
  final List<Long> effects = new ArrayList<>();

  private final Random random;
  private final int spread;
  private final long[] appearEnd;
  private final long[] touchEnd;
  private final long[] readEnd;
  private long clock = 1000;
  private long start;
  private long end;
  private int number;

  AddressSpace(int size, int spread, Random random) {
    this.pages = new Page[size];
    this.appearEnd = new long[size];
    this.touchEnd = new long[size];
    this.readEnd = new long[size];
    this.spread = spread;
    this.random = random;
  }

  void run(int calls) {
    while (events.size() < calls) {
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> mmap();
        case 3 -> mmapFixed();
        case 4, 5 -> munmap();
        case 6 -> moveByMremap(false);
        case 7 -> moveByMremap(true);
        case 8 -> resizeInPlace();
        case 9 -> duplicate();
        case 10 -> remapFilePages();
        default -> msync();
      }
    }
  }

  static long address(int page) {
    return BASE + (long) page * PAGE;
  }

  /** What {@code /proc/self/maps} says while {@code pages} are mapped. */
  static List<MapsLine> lines(Page[] pages) {
    List<MapsLine> lines = new ArrayList<>();
    for (int i = 0; i < pages.length; i++) {
      if (pages[i] != null) {
        FileIdentity file = pages[i].file;
        String name = file == null ? "" : path(file);
        lines.add(new MapsLine(address(i), address(i + 1), "rw-s", pages[i].offset, file, name, false));
      }
    }
    return lines;
  }

  static String path(FileIdentity file) {
    return file == null ? null : "/data/" + file.inode() + ".bin";
  }

  /** What is mapped at a moment at which nothing else happens. */
  Page[] at(long nanos) {
    Page[] state = new Page[pages.length];
    for (int i = 0; i < effects.size() && effects.get(i) <= nanos; i++) {
      state = history.get(i);
    }
    return state;
  }

  /** Lets every call that is in progress end. */
  void pause() {
    clock += 3L * spread;
  }

  long now() {
    return clock;
  }

  private void mmap() {
    int length = 1 + random.nextInt(5);
    int at = freeRun(length);
    if (at >= 0) {
      time(0);
      map(at, length, false);
    }
  }

  private void mmapFixed() {
    int length = 1 + random.nextInt(5);
    int at = random.nextInt(pages.length - length);
    time(latest(touchEnd, at, length));
    know(at, length);
    map(at, length, true);
  }

  private void map(int at, int length, boolean fixed) {
    Mapping.Creator creator = nextCreator();
    FileIdentity file = random.nextInt(4) == 0 ? null : Calls.file(1 + random.nextInt(2));
    long offset = file == null ? 0 : (long) random.nextInt(4) * PAGE;
    long bytes = (long) length * PAGE - random.nextInt(PAGE - 1);
    long flags = (fixed ? Calls.FIXED : 0) | (file == null ? Calls.ANONYMOUS : 0) | Calls.SHARED;
    for (int i = 0; i < length; i++) {
      pages[at + i] = new Page(file, file == null ? 0 : offset + (long) i * PAGE, creator);
    }
    long address = address(at);
    done(Syscall.MMAP, creator, file, address, fixed ? address : 0, bytes, 3, flags, 7, offset);
    appeared(at, length);
  }

  private void munmap() {
    int length = 1 + random.nextInt(8);
    int at = random.nextInt(pages.length - length);
    time(knownAndUnread(at, length));
    know(at, length);
    Arrays.fill(pages, at, at + length, null);
    done(Syscall.MUNMAP, null, null, 0, address(at), (long) length * PAGE - random.nextInt(PAGE));
    touched(at, length);
    for (int i = at; i < at + length; i++) {
      readEnd[i] = Math.max(readEnd[i], start); // nobody unmaps it a second time before the first has begun
    }
  }

  private void moveByMremap(boolean fixed) {
    int[] from = uniformRun();
    if (from == null) {
      return;
    }
    int at = from[0];
    int oldLength = from[1];
    boolean dontUnmap = random.nextInt(4) == 0;
    int newLength = dontUnmap ? oldLength : 1 + random.nextInt(oldLength + 2);
    int to = fixed ? random.nextInt(pages.length - newLength) : freeRun(newLength);
    if (to < 0 || to < at + oldLength && at < to + newLength) {
      return;
    }
    long after = knownAndUnread(at, oldLength);
    time(fixed ? Math.max(after, latest(touchEnd, to, newLength)) : after);
    know(at, oldLength);
    for (int i = 0; i < newLength; i++) {
      Page last = pages[at + oldLength - 1];
      pages[to + i] =
          i < oldLength
              ? pages[at + i]
              : last.movedIn((long) (i - oldLength + 1) * PAGE, last.creator);
    }
    if (!dontUnmap) {
      Arrays.fill(pages, at, at + oldLength, null);
    }
    long flags = Calls.MAYMOVE | (fixed ? Calls.REMAP_FIXED : 0) | (dontUnmap ? Calls.DONTUNMAP : 0);
    mremapDone(at, oldLength, newLength, flags, to);
    touched(at, oldLength);
    readEnd(at, oldLength);
    appeared(to, newLength);
  }

  private void resizeInPlace() {
    int[] from = uniformRun();
    if (from == null) {
      return;
    }
    int at = from[0];
    int oldLength = from[1];
    int newLength = 1 + random.nextInt(oldLength + 3);
    if (at + newLength > pages.length) {
      return;
    }
    for (int i = oldLength; i < newLength; i++) {
      if (pages[at + i] != null) {
        return;
      }
    }
    time(knownAndUnread(at, oldLength));
    know(at, oldLength);
    Page last = pages[at + oldLength - 1];
    for (int i = oldLength; i < newLength; i++) {
      pages[at + i] = last.movedIn((long) (i - oldLength + 1) * PAGE, last.creator);
    }
    if (newLength < oldLength) {
      Arrays.fill(pages, at + newLength, at + oldLength, null);
    }
    mremapDone(at, oldLength, newLength, 0, at);
    touched(at, oldLength);
    readEnd(at, oldLength);
    if (newLength > oldLength) {
      appeared(at + oldLength, newLength - oldLength);
    }
  }

  private void duplicate() {
    int at = random.nextInt(pages.length);
    int length = 1 + random.nextInt(3);
    int to = freeRun(length);
    if (pages[at] == null || to < 0) {
      return;
    }
    time(appearEnd[at]);
    know(at, 1);
    for (int i = 0; i < length; i++) {
      pages[to + i] = pages[at].movedIn((long) i * PAGE, pages[at].creator);
    }
    mremapDone(at, 0, length, Calls.MAYMOVE, to);
    touched(at, 1);
    readEnd(at, 1);
    appeared(to, length);
  }

  private void remapFilePages() {
    int[] range = uniformRun();
    if (range == null || pages[range[0]].file == null) {
      return;
    }
    int at = range[0];
    int length = range[1];
    time(latest(touchEnd, at, length));
    know(at, length);
    Mapping.Creator creator = nextCreator();
    int pgoff = random.nextInt(8);
    FileIdentity file = pages[at].file;
    for (int i = 0; i < length; i++) {
      pages[at + i] = new Page(file, (long) (pgoff + i) * PAGE, creator);
    }
    FileIdentity told = random.nextBoolean() ? file : null;
    long ragged = random.nextInt(PAGE);
    long size = (long) length * PAGE + random.nextInt(PAGE);
    String path = null; // the ledger knows it from the mapping that was there
    KernelCall call =
        Calls.call(
            Syscall.REMAP_FILE_PAGES, start, end, ++number, told, 0, address(at) + ragged, size, 0, pgoff, 0);
    add(call, creator, path);
    readEnd(at, length);
    appeared(at, length);
  }

  private void msync() {
    int at = random.nextInt(pages.length);
    if (pages[at] != null) {
      time(appearEnd[at]);
      know(at, 1);
      done(Syscall.MSYNC, null, null, 0, address(at), PAGE, 4);
      touched(at, 1);
      readEnd(at, 1);
    }
  }

  private void mremapDone(int at, int oldLength, int newLength, long flags, int to) {
    long oldBytes = (long) oldLength * PAGE - (oldLength == 0 ? 0 : random.nextInt(PAGE));
    long newBytes = (long) newLength * PAGE - random.nextInt(PAGE);
    done(Syscall.MREMAP, nextCreator(), null, address(to), address(at), oldBytes, newBytes, flags, address(to));
  }

  private void done(Syscall syscall, Mapping.Creator creator, FileIdentity file, long result, long... args) {
    add(Calls.call(syscall, start, end, ++number, file, result, args), creator, path(file));
  }

  private void add(KernelCall call, Mapping.Creator creator, String path) {
    events.add(new Event(call, creator, path));
    history.add(pages.clone());
    effects.add(clock);
  }

  private Mapping.Creator nextCreator() {
    return Calls.creator(events.size() + 1);
  }

  /** The next effect is at {@code clock}; its call starts after {@code after}. */
  private void time(long after) {
    clock = Math.max(clock, after + 1) + 1 + random.nextInt(10);
    long earliest = Math.max(after + 1, clock - spread);
    start = earliest + random.nextInt((int) (clock - earliest));
    end = clock + 1 + random.nextInt(spread);
  }

  private void know(int at, int length) {
    for (int i = at; i < at + length; i++) {
      if (pages[i] != null) {
        known.add(new Known(i, start, pages[i]));
      }
    }
  }

  private long knownAndUnread(int at, int length) {
    return Math.max(latest(appearEnd, at, length), latest(readEnd, at, length));
  }

  private static long latest(long[] times, int at, int length) {
    return Arrays.stream(times, at, at + length).max().orElse(0);
  }

  private void appeared(int at, int length) {
    Arrays.fill(appearEnd, at, at + length, end);
    touched(at, length);
  }

  private void touched(int at, int length) {
    for (int i = at; i < at + length; i++) {
      touchEnd[i] = Math.max(touchEnd[i], end);
    }
  }

  private void readEnd(int at, int length) {
    for (int i = at; i < at + length; i++) {
      readEnd[i] = Math.max(readEnd[i], end);
    }
  }

  private int freeRun(int length) {
    int from = random.nextInt(pages.length);
    for (int n = 0; n < pages.length; n++) {
      int at = (from + n) % pages.length;
      boolean free = at + length <= pages.length;
      for (int i = at; free && i < at + length; i++) {
        free = pages[i] == null;
      }
      if (free) {
        return at;
      }
    }
    return -1;
  }

  /** Pages that the kernel has as one VMA: no file, or the same file with consecutive offsets. */
  private int[] uniformRun() {
    int at = random.nextInt(pages.length);
    if (pages[at] == null) {
      return null;
    }
    int wanted = 1 + random.nextInt(5);
    int length = 1;
    while (length < wanted && at + length < pages.length && follows(pages[at + length - 1], pages[at + length])) {
      length++;
    }
    return new int[] {at, length};
  }

  private static boolean follows(Page page, Page next) {
    if (next == null || page.file == null || next.file == null) {
      return next != null && page.file == null && next.file == null;
    }
    return page.file.equals(next.file) && next.offset == page.offset + PAGE;
  }
}
