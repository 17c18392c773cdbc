package io.mmapscope.agent.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.PageSize;
import io.mmapscope.agent.model.Syscall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real calls with arguments at random, through the C library, on a part of the address space where the kernel puts
 * nothing of its own: after each the ledger says what {@code /proc/self/maps} says.
 */
class LedgerOnThisKernelTest {

  private static final long PAGE = PageSize.ofSystem();
  private static final long AREA = 0x2000_0000_0000L;
  private static final int PAGES = 96;
  private static final int FIXED_NOREPLACE = 0x100000;
  private static final int O_RDWR = 2;

  private final NativeLibrary c = NativeLibrary.getInstance("c");
  private final Map<Syscall, Integer> succeeded = new EnumMap<>(Syscall.class);
  private final List<Integer> descriptors = new ArrayList<>();
  private final List<FileIdentity> files = new ArrayList<>();
  private final List<String> paths = new ArrayList<>();
  private Ledger ledger;
  private Random random;

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void afterEachCallTheLedgerAgreesWithTheKernel(long seed) throws IOException {
    open();
    random = new Random(seed);
    try {
      for (int i = 0; i < 1500; i++) {
        String call = randomCall();
        if (ledger.reconcileWanted()) {
          reconcile();
        }
        assertThat(ledger.compare(here())).as("after call %d, %s", i, call).isEmpty();
      }
    } finally {
      call(Syscall.MUNMAP, -1, AREA, PAGES * PAGE);
      close();
    }
    assertThat(succeeded.keySet())
        .contains(Syscall.MMAP, Syscall.MUNMAP, Syscall.MREMAP, Syscall.REMAP_FILE_PAGES, Syscall.MPROTECT);
    assertThat(ledger.mappings()).isEmpty();
    assertThat(ledger.ambiguousCalls()).isZero();
  }

  /** Since Linux 6.17 mremap moves several mappings at once and leaves what is between them where it is. */
  @Test
  void aHoleInWhatIsMovedIsAHoleInTheResult() throws IOException {
    open();
    try {
      call(Syscall.MMAP, 0, AREA, 3 * PAGE, 1, Calls.SHARED | Calls.FIXED, descriptors.get(0), 0);
      call(Syscall.MUNMAP, -1, AREA + PAGE, PAGE);
      long to = AREA + 10 * PAGE;
      call(Syscall.MREMAP, -1, AREA, 3 * PAGE, 3 * PAGE, Calls.MAYMOVE | Calls.REMAP_FIXED, to);

      assertThat(ledger.compare(here())).isEmpty();
      assertThat(ledger.at(to + PAGE, System.nanoTime())).isNull();
    } finally {
      call(Syscall.MUNMAP, -1, AREA, PAGES * PAGE);
      close();
    }
  }

  private String randomCall() {
    long at = AREA + random.nextInt(PAGES - 24) * PAGE;
    long to = AREA + random.nextInt(PAGES - 24) * PAGE;
    long bytes = (1 + random.nextInt(8)) * PAGE - random.nextInt((int) PAGE);
    long otherBytes = (1 + random.nextInt(9)) * PAGE - random.nextInt((int) PAGE);
    return switch (random.nextInt(12)) {
      case 0, 1, 2 -> mmap(at, bytes, Calls.FIXED);
      case 3, 4 -> mmap(at, bytes, FIXED_NOREPLACE);
      case 5 -> call(Syscall.MUNMAP, -1, at, bytes);
      case 6 -> call(Syscall.MREMAP, -1, at, bytes, otherBytes, 0, 0);
      case 7 -> call(Syscall.MREMAP, -1, at, bytes, otherBytes, Calls.MAYMOVE | Calls.REMAP_FIXED, to);
      case 8 -> call(
          Syscall.MREMAP, -1, at, bytes, bytes, Calls.MAYMOVE | Calls.REMAP_FIXED | Calls.DONTUNMAP, to);
      case 9 -> call(Syscall.MREMAP, -1, at, 0, bytes, Calls.MAYMOVE | Calls.REMAP_FIXED, to);
      case 10 -> call(
          Syscall.REMAP_FILE_PAGES, -1, at + random.nextInt((int) PAGE), bytes + PAGE, 0, random.nextInt(20), 0);
      default -> call(Syscall.MPROTECT, -1, at, bytes, random.nextInt(4));
    };
  }

  private String mmap(long at, long bytes, int how) {
    int file = random.nextInt(4) - 1;
    int flags = how | (random.nextInt(3) == 0 ? 2 : Calls.SHARED) | (file < 0 ? Calls.ANONYMOUS : 0);
    long descriptor = file < 0 ? -1 : descriptors.get(file);
    return call(
        Syscall.MMAP, file, at, bytes, random.nextInt(4), flags, descriptor, file < 0 ? 0 : random.nextInt(32) * PAGE);
  }

  private String call(Syscall syscall, int file, long... args) {
    Object[] boxed = new Object[args.length];
    for (int i = 0; i < args.length; i++) {
      boxed[i] = args[i];
    }
    Function function = c.getFunction(syscall.callName());
    long start = System.nanoTime();
    long result = function.invokeLong(boxed);
    long end = System.nanoTime();
    boolean address = syscall == Syscall.MMAP || syscall == Syscall.MREMAP;
    result = address ? result : (int) result;
    result = result == -1 ? -Native.getLastError() : result;
    if (result >= 0) {
      succeeded.merge(syscall, 1, Integer::sum);
    }
    FileIdentity identity = file < 0 ? null : files.get(file);
    KernelCall call = Calls.call(syscall, start, end, 1, identity, result, args);
    ledger.apply(call, Calls.creator(1), file < 0 ? null : paths.get(file));
    return call.toString();
  }

  private void reconcile() throws IOException {
    long start = System.nanoTime();
    ledger.reconcile(here(), start, System.nanoTime());
  }

  private static List<MapsLine> here() throws IOException {
    return MapsFile.read(MapsFile.SELF).lines().stream()
        .filter(line -> line.start() >= AREA && line.end() <= AREA + PAGES * PAGE)
        .toList();
  }

  private void open() throws IOException {
    ledger = new Ledger((int) PAGE);
    for (int i = 0; i < 3; i++) {
      Path file = Files.write(directory.resolve("file" + i + ".dat"), new byte[64 * 4096]);
      descriptors.add(c.getFunction("open").invokeInt(new Object[] {file.toString(), O_RDWR}));
      files.add(PathResolver.identity(file));
      paths.add(file.toRealPath().toString());
    }
    assertThat(descriptors).allMatch(descriptor -> descriptor > 2);
  }

  private void close() {
    descriptors.forEach(descriptor -> c.getFunction("close").invokeInt(new Object[] {descriptor}));
  }
}
