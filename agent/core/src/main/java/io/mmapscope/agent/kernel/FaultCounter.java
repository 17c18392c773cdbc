package io.mmapscope.agent.kernel;

import io.mmapscope.agent.model.FaultTotal;
import io.mmapscope.agent.model.FaultTotal.Mode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Counts this process's page faults without BPF: by perf events for each thread, {@code PAGE_FAULTS_MIN} and
 * {@code PAGE_FAULTS_MAJ}. Those in user mode need no capability with a {@code perf_event_paranoid} of at most 2; those
 * in kernel mode are counted where that is allowed too. {@code /proc/self/stat} knows all, those before as well and those
 * that the kernel has on behalf of the process (mlock(2), MAP_POPULATE). Safe for any thread.
 */
public final class FaultCounter implements AutoCloseable {

  private static final int ATTEMPTS = 10;

  /** Minor and major, in user mode and in kernel mode: a descriptor each for every thread there is. */
  private static final int KINDS = 4;

  /** One kind of fault in one mode. */
  private static final class Count {
    private final boolean major;
    private final Mode mode;
    private final SoftwareEvent event;
    private final List<Integer> descriptors = new ArrayList<>();

    Count(LibC libc, boolean major, Mode mode) {
      this.major = major;
      this.mode = mode;
      long other = mode == Mode.USER ? SoftwareEvent.EXCLUDE_KERNEL : SoftwareEvent.EXCLUDE_USER;
      String name = major ? "major-faults" : "minor-faults";
      this.event = new SoftwareEvent(libc, name, 0, other | SoftwareEvent.THREADS_ONLY);
    }
  }

  private final LibC libc;
  private final List<Count> counts = new ArrayList<>();
  private final ByteBuffer word = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());

  /** Those that no event counted: minor, major. */
  private final long[] others = new long[2];

  private List<FaultTotal> last = List.of();
  private boolean closed;

  private FaultCounter(LibC libc) {
    this.libc = libc;
  }

  /**
   * Begins to count.
   *
   * @throws KernelUnavailableException where perf events are not allowed, or would take too many descriptors
   */
  public static FaultCounter open() throws KernelUnavailableException {
    NativeCode.libbpf(); // has JNA started, as it is to be
    try {
      OpenFiles.checkRoomFor((long) KINDS * ThreadId.all().size());
    } catch (IOException tooMany) {
      throw new KernelUnavailableException(tooMany.getMessage(), tooMany);
    }
    FaultCounter counter = new FaultCounter(new LibC());
    try {
      counter.open(Mode.USER);
    } catch (BpfException e) {
      counter.close();
      boolean unknown = e.errno() == Errno.EINVAL;
      throw new KernelUnavailableException(
          unknown ? KernelUnavailableException.orTooOld(e.getMessage()) : e.getMessage(), e);
    }
    try {
      counter.open(Mode.KERNEL);
    } catch (BpfException notAllowed) {
      // Those are among the others.
    }
    return counter;
  }

  /** Opens the events of a mode for all threads, or none. */
  private void open(Mode mode) throws BpfException {
    List<Count> both = List.of(new Count(libc, false, mode), new Count(libc, true, mode));
    try {
      openForAll(both);
      counts.addAll(both);
    } catch (BpfException e) {
      close(both);
      throw e;
    }
  }

  /**
   * A thread that comes while this goes on has inherited its creator's event or has none, and nobody can tell which: one
   * more could count twice. So all begins anew until none came. Where one always comes, its faults are among the others.
   */
  private void openForAll(List<Count> both) throws BpfException {
    Set<String> tasks = ThreadId.all();
    for (int attempt = 1; ; attempt++) {
      for (String task : tasks) {
        for (Count count : both) {
          int fd = count.event.open(Integer.parseInt(task));
          if (fd >= 0) {
            count.descriptors.add(fd);
          }
        }
      }
      Set<String> after = ThreadId.all();
      if (tasks.containsAll(after) || attempt == ATTEMPTS) {
        return;
      }
      close(both);
      tasks = after;
    }
  }

  /** How many there were so far; after {@link #close} what was read last. */
  public synchronized List<FaultTotal> read() {
    if (closed) {
      return last;
    }
    // The kernel counts a fault there first: so what is read here is never more than there were.
    long[] rest = ProcessFaults.read();
    List<FaultTotal> totals = new ArrayList<>();
    for (Count count : counts) {
      long sum = sum(count.descriptors);
      rest[count.major ? 1 : 0] -= sum;
      totals.add(new FaultTotal(count.major, count.mode, sum));
    }
    for (int kind = 0; kind < others.length; kind++) {
      others[kind] = Math.max(others[kind], rest[kind]); // less by those between the two readings
      totals.add(new FaultTotal(kind == 1, Mode.UNKNOWN, others[kind]));
    }
    last = List.copyOf(totals);
    return last;
  }

  /** Of the threads that ended as well: their counts went to the event that they had inherited. */
  private long sum(List<Integer> descriptors) {
    long sum = 0;
    for (int fd : descriptors) {
      if (libc.read(fd, word, Long.BYTES) == Long.BYTES) {
        sum += word.getLong(0);
      }
    }
    return sum;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      close(counts);
    }
  }

  private void close(List<Count> some) {
    for (Count count : some) {
      count.descriptors.forEach(libc::close);
      count.descriptors.clear();
    }
  }
}
