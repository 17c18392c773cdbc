package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.kernel.ThreadSlots;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.IntSupplier;

/** Gives platform threads their slots, and takes those of ended threads back. Safe for any thread. */
public final class ThreadRegistry {

  private final ThreadSlots slots;
  private final IntSupplier threadId;
  private final Map<Integer, WeakReference<Thread>> owners = new HashMap<>();

  /**
   * @param slots the slots that the kernel writes, or null where there is no kernel part
   * @param threadId the kernel's id of the calling thread in this PID namespace
   */
  public ThreadRegistry(ThreadSlots slots, IntSupplier threadId) {
    this.slots = slots;
    this.threadId = threadId;
  }

  /** Returns true where threads get slots at all. */
  public boolean active() {
    return slots != null;
  }

  /** Registers the calling thread: its slot's number, or -1 where all are taken. */
  public int register(Thread thread) {
    return register(thread, false);
  }

  /** Registers the calling thread as the agent's own. */
  public int registerAgent(Thread thread) {
    return register(thread, true);
  }

  private synchronized int register(Thread thread, boolean agent) {
    if (slots == null) {
      return -1;
    }
    int slot = slots.register(threadId.getAsInt(), agent);
    if (slot < 0) {
      sweep();
      slot = slots.register(threadId.getAsInt(), agent);
    }
    if (slot >= 0) {
      owners.put(slot, new WeakReference<>(thread));
    }
    return slot;
  }

  /** The thread with this id of the kernel's, where it has a slot; else null. */
  public synchronized Thread thread(int tid) {
    int slot = slots == null ? -1 : slots.slotOf(tid);
    WeakReference<Thread> owner = owners.get(slot);
    return owner == null ? null : owner.get();
  }

  /** How many slots there have been at once at the most: those taken are among the first so many. */
  public int used() {
    return slots == null ? 0 : slots.used();
  }

  /** Takes back the slots of threads that have ended. */
  public synchronized void sweep() {
    for (Iterator<Map.Entry<Integer, WeakReference<Thread>>> all = owners.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Integer, WeakReference<Thread>> next = all.next();
      Thread thread = next.getValue().get();
      if (thread == null || thread.getState() == Thread.State.TERMINATED) {
        slots.release(next.getKey());
        all.remove();
      }
    }
  }
}
