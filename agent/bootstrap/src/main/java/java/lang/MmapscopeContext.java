package java.lang;

import io.mmapscope.agent.kernel.wire.Wire;

/**
 * The trace context that is current on one thread, as the application's copies of OpenTelemetry have it. Usually there
 * is one copy; where two have a valid span on one thread, which one is meant is not certain, and there is none.
 *
 * <p>Only that thread touches it; a virtual thread's also the carrier that is about to mount it.
 */
public final class MmapscopeContext {

  private static final MmapscopeContext NONE = new MmapscopeContext(0, 0);

  private static final int DISTURBED = -1;

  /** Whose it is: {@link MmapscopeRuntime#session}. */
  final int session;

  /** Address of the slot to keep up to date; 0 on a virtual thread, which has its carrier's. */
  final long slot;

  /** Whose span this is, by {@link MmapscopeStorage#copy}; 0 where it is of no copy. */
  private int copy;

  private long traceHigh;
  private long traceLow;

  /** 0 where there is none or it is not sampled. */
  private long span;

  /** What other copies have, or had once: as many as were ever valid at the same time. */
  private MmapscopeContext other;

  /** The copy whose context is being read; the application's code is asked, which may use contexts itself. */
  private int reading;

  /** The trace id parsed last, as text: those of a request's spans are the same object. */
  private String traceText;

  private final MmapscopeSpanIds spanIds = new MmapscopeSpanIds();

  MmapscopeContext(int session, long slot) {
    this.session = session;
    this.slot = slot;
  }

  /** Forgets what this copy had. False within a reading, which then counts for nothing. */
  boolean begin(int which) {
    if (reading != 0) {
      reading = DISTURBED;
      return false;
    }
    for (MmapscopeContext each = this; each != null; each = each.other) {
      if (each.copy == which) {
        each.copy = 0;
        each.span = 0;
      }
    }
    return true;
  }

  void beginReading(int which) {
    reading = which;
  }

  void endReading() {
    reading = 0;
  }

  /** Told by the reader what span the context has. The ids are text: 32 and 16 hexadecimal digits. */
  public void put(boolean valid, boolean sampled, String traceId, String spanId) {
    if (!valid) {
      return;
    }
    long id = spanIds.parse(spanId);
    MmapscopeContext free = copy == 0 ? this : free();
    if (traceId != free.traceText) {
      // Forgotten first: a text whose second half is none must not leave its first half to the one before.
      free.traceText = null;
      free.traceHigh = MmapscopeHex.parse(traceId, 0);
      free.traceLow = MmapscopeHex.parse(traceId, 16);
      free.traceText = traceId;
    }
    if (reading > 0) {
      free.copy = reading;
      free.span = sampled ? id : 0;
    }
  }

  private MmapscopeContext free() {
    MmapscopeContext free = this;
    while (free.copy != 0) {
      if (free.other == null) {
        free.other = new MmapscopeContext(session, 0);
      }
      free = free.other;
    }
    return free;
  }

  /** Writes what is certain into a slot that was cleared. A page fault may come between any two stores, on this thread. */
  void write(long to) {
    MmapscopeContext only = other == null ? this : only();
    if (only.span != 0) {
      MmapscopeMemory.putLongOpaque(to + Wire.Slot.TRACE_HIGH, only.traceHigh);
      MmapscopeMemory.putLongOpaque(to + Wire.Slot.TRACE_LOW, only.traceLow);
      MmapscopeMemory.putLongOpaque(to + Wire.Slot.SPAN, only.span);
    }
  }

  /** The one that has a span, or one that has none. */
  private MmapscopeContext only() {
    MmapscopeContext only = NONE;
    for (MmapscopeContext each = this; each != null; each = each.other) {
      if (each.copy != 0) {
        if (only != NONE) {
          return NONE;
        }
        only = each;
      }
    }
    return only;
  }

  /** No trace from here on. */
  static void clear(long slot) {
    MmapscopeMemory.putLongOpaque(slot + Wire.Slot.SPAN, 0);
  }
}
