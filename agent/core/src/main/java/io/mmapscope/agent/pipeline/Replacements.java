package io.mmapscope.agent.pipeline;

import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;

/**
 * Calls in progress that replace what is mapped at an address. A page fault meanwhile may have found what was there
 * before or what is there after, and the call's record, which tells when it went on and where, comes only when it ends.
 * So such a fault waits until a look that began after it finds none in progress: a call's record is written before it
 * stops being counted, so by then all of them are written, and once the ledger has what ended before that look, it has
 * them. Only for the agent's thread.
 */
final class Replacements {

  private final BooleanSupplier inProgress;
  private long quietFrom = System.nanoTime();
  private long quietTo = quietFrom;
  private long settled = quietFrom;

  /** @param inProgress whether there is one now */
  Replacements(BooleanSupplier inProgress) {
    this.inProgress = inProgress;
  }

  void look() {
    long from = System.nanoTime();
    VarHandle.fullFence();
    if (!inProgress.getAsBoolean()) {
      VarHandle.fullFence();
      quietFrom = from;
      quietTo = System.nanoTime();
    }
  }

  /**
   * Before this moment, all is known of calls that replaced something.
   *
   * @param until the ledger knows of all calls that ended before this
   */
  long settledUntil(long until) {
    if (until - quietTo >= 0) {
      settled = quietFrom;
    }
    return settled;
  }
}
