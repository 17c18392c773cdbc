package io.mmapscope.agent;

import io.mmapscope.agent.ledger.Ledger;
import io.mmapscope.agent.ledger.MapsFile;
import io.mmapscope.agent.ledger.MapsLine;
import io.mmapscope.agent.pipeline.Accounts;
import io.mmapscope.agent.pipeline.Doubt;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.List;

/** Keeps the ledger true to {@code /proc/self/maps}: at the start, and where calls are known to be missing. */
final class MapsReading {

  /** Without the kernel's events the list is the only source for what no operation made. */
  private static final long WITHOUT_KERNEL_NANOS = 10_000_000_000L;

  /** A reading may take a tenth of a second with 65,000 mappings: at most 5 % of the agent's time goes into it. */
  private static final int PAUSE_FACTOR = 20;

  private static final int CONFIRMATIONS = 3;

  private final Ledger ledger;
  private final Doubt doubt;
  private final Accounts accounts;
  private final boolean kernel;
  private long lastNanos = System.nanoTime();
  private long tookNanos;
  private boolean first = true;
  /** Readings still due after one in doubt: calls in progress during that one may have been put in the wrong order. */
  private int confirmations;

  MapsReading(Ledger ledger, Doubt doubt, Accounts accounts, boolean kernel) {
    this.ledger = ledger;
    this.doubt = doubt;
    this.accounts = accounts;
    this.kernel = kernel;
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

  /** Compares and corrects where it is due. On the agent's thread, about once a second. */
  synchronized void reconcileIfDue() {
    long began = System.nanoTime();
    // The first: calls that were in progress while the hooks were attached were seen by nobody.
    boolean due = first || inDoubt() || confirmations > 0;
    boolean onlySource = !kernel && began - lastNanos >= WITHOUT_KERNEL_NANOS;
    if ((onlySource || due) && began - lastNanos >= PAUSE_FACTOR * tookNanos) {
      reconcile(began);
    }
  }

  /**
   * Compares and corrects for somebody who asks what is mapped, where the calls alone may not tell. Returns whether it
   * did: with calls on their way, the list shows mappings whose makers are not known yet.
   */
  synchronized boolean bringUpToDate() {
    boolean needed = first || inDoubt() || confirmations > 0 || !kernel;
    if (needed) {
      reconcile(System.nanoTime());
    }
    return needed;
  }

  /** At the end, whatever was read last: the ledger's last word is to be right. */
  synchronized void settle() {
    if (inDoubt() || confirmations > 0) {
      reconcile(System.nanoTime());
    }
  }

  private boolean inDoubt() {
    return doubt.exists() || ledger.reconcileWanted();
  }

  private void reconcile(long began) {
    confirmations = inDoubt() ? CONFIRMATIONS : Math.max(0, confirmations - 1);
    long losses = doubt.losses();
    List<MapsLine> lines = lines();
    long ended = System.nanoTime();
    if (!lines.isEmpty()) {
      if (doubt.exists()) {
        ledger.reconcileAfterLoss(lines, began, ended);
      } else {
        ledger.reconcile(lines, began, ended);
      }
      doubt.settled(losses, ended);
      first = false;
    }
    lastNanos = System.nanoTime();
    tookNanos = lastNanos - began;
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
