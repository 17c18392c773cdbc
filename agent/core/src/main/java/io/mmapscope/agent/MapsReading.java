package io.mmapscope.agent;

import io.mmapscope.agent.ledger.Ledger;
import io.mmapscope.agent.ledger.MapsFile;
import io.mmapscope.agent.ledger.MapsLine;
import io.mmapscope.agent.pipeline.Accounts;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.List;

/** Keeps the ledger true to {@code /proc/self/maps}: at the start, and where calls are known to be missing. */
final class MapsReading {

  /** Without the kernel's events the list is the only source for what no operation made. */
  private static final long WITHOUT_KERNEL_NANOS = 10_000_000_000L;

  private final Ledger ledger;
  private final Accounts accounts;
  private final boolean kernel;
  private volatile boolean asked;
  private long lostBefore;
  private long lastNanos = System.nanoTime();

  MapsReading(Ledger ledger, Accounts accounts, boolean kernel) {
    this.ledger = ledger;
    this.accounts = accounts;
    this.kernel = kernel;
  }

  /** Asks for a comparison at the next occasion. */
  void ask() {
    asked = true;
  }

  void seed() {
    ledger.seed(lines());
  }

  /** The lines of the list; empty where it cannot be read. */
  List<MapsLine> lines() {
    try {
      return MapsFile.read(MapsFile.SELF).lines();
    } catch (IOException failure) {
      accounts.failure("read " + MapsFile.SELF, failure);
      return List.of();
    }
  }

  /**
   * Compares and corrects where it is due.
   *
   * @param lost calls that the kernel counted as lost so far
   */
  void reconcile(long lost) {
    long now = System.nanoTime();
    boolean due = asked || lost != lostBefore || ledger.reconcileWanted();
    if (!due && (kernel || now - lastNanos < WITHOUT_KERNEL_NANOS)) {
      return;
    }
    asked = false;
    lostBefore = lost;
    List<MapsLine> lines = lines();
    if (!lines.isEmpty()) {
      int corrections = ledger.reconcile(lines, now, System.nanoTime()).total();
      accounts.unattributed("found_in_maps", corrections);
    }
    lastNanos = System.nanoTime();
  }

  /** Reads this process's memory through the kernel, which answers with an error where a load would crash the JVM. */
  static boolean readMemory(long address, byte[] into, int length) {
    try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
      memory.seek(address);
      memory.readFully(into, 0, length);
      return true;
    } catch (IOException notReadable) {
      return false;
    }
  }
}
