package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.kernel.HookCatalogue;
import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.LockWait;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Waits for {@code mmap_lock} within operations, until the operation is complete and its call site known. Only for the
 * agent's thread.
 */
final class LockWaits {

  private static final int MOST_OPERATIONS = 4096;

  private record Waited(String activity, long nanos) {}

  private final List<String> activities = HookCatalogue.events();
  private final Map<Long, List<Waited>> ofOperations = new LinkedHashMap<>();
  private final Consumer<LockWait> tell;

  LockWaits(Consumer<LockWait> tell) {
    this.tell = tell;
  }

  /** @param what one of {@code Wire.Hook} + 1, or 0 */
  private String activity(int what) {
    return what > 0 && what <= activities.size() ? activities.get(what - 1) : "other";
  }

  /** A wait whose call site is known, or never will be. */
  void add(int what, CallSite callSite, long nanos) {
    tell.accept(new LockWait(activity(what), callSite, nanos));
  }

  /** A wait within an operation that goes on. */
  void addWithin(long operation, int what, long nanos) {
    if (ofOperations.size() == MOST_OPERATIONS && !ofOperations.containsKey(operation)) {
      finishOldest();
    }
    ofOperations.computeIfAbsent(operation, key -> new ArrayList<>(1)).add(new Waited(activity(what), nanos));
  }

  private void finishOldest() {
    Iterator<List<Waited>> oldest = ofOperations.values().iterator();
    tellAll(oldest.next(), CallSite.UNKNOWN);
    oldest.remove();
  }

  /** The operation is complete. */
  void finish(long operation, CallSite callSite) {
    List<Waited> waited = ofOperations.isEmpty() ? null : ofOperations.remove(operation);
    if (waited != null) {
      tellAll(waited, callSite);
    }
  }

  void finishAll() {
    ofOperations.values().forEach(waited -> tellAll(waited, CallSite.UNKNOWN));
    ofOperations.clear();
  }

  private void tellAll(List<Waited> waited, CallSite callSite) {
    for (Waited each : waited) {
      tell.accept(new LockWait(each.activity(), callSite, each.nanos()));
    }
  }
}
