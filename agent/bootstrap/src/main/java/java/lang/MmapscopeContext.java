package java.lang;

import io.mmapscope.agent.kernel.wire.Wire;

/**
 * The trace context that is current on one thread, as the application's copies of OpenTelemetry have it. Usually there
 * is one copy; where two have a valid span on one thread, which one is meant is not certain, and there is none.
 *
 * <p>Only that thread touches it.
 */
public final class MmapscopeContext {

  /** Whose it is: {@link MmapscopeRuntime#session}. */
  final int session;

  /** Address of the slot to keep up to date; 0 on a virtual thread, which has its carrier's. */
  final long slot;

  /** Whose span this is, by {@link MmapscopeStorage#copy}; 0 where it is of no copy. */
  private int copy;

  private long traceHigh;
  private long traceLow;

  /** 0 where the span is not sampled. */
  private long span;

  /** What other copies have, or had once: as many as were ever valid at the same time. */
  private MmapscopeContext other;

  /** The copy whose context is being read: the application's code is asked, which may use contexts itself. */
  private int reading;

  private boolean disturbed;

  /** The trace id parsed last, as text: those of a request's spans are the same object. */
  private String traceText;

  private long highParsed;
  private long lowParsed;

  MmapscopeContext(int session, long slot) {
    this.session = session;
    this.slot = slot;
  }

  /** Forgets what this copy had. False within a reading, which then counts for nothing. */
  boolean begin(int which) {
    if (reading != 0) {
      disturbed = true;
      return false;
    }
    for (MmapscopeContext each = this; each != null; each = each.other) {
      if (each.copy == which) {
        each.copy = 0;
      }
    }
    return true;
  }

  void beginReading(int which) {
    disturbed = false;
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
    long id = MmapscopeHex.parse(spanId, 0);
    if (traceId != traceText) {
      // Forgotten first: a text whose second half is none must not leave its first half to the one before.
      traceText = null;
      highParsed = MmapscopeHex.parse(traceId, 0);
      lowParsed = MmapscopeHex.parse(traceId, 16);
      traceText = traceId;
    }
    if (disturbed || reading == 0) {
      return;
    }
    MmapscopeContext free = copy == 0 ? this : free();
    free.copy = reading;
    free.traceHigh = highParsed;
    free.traceLow = lowParsed;
    free.span = sampled ? id : 0;
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

  /** Writes what is certain into a slot. A page fault may come between any two stores, on this thread. */
  void write(long slot) {
    clear(slot);
    MmapscopeContext only = only();
    boolean joined = only != null && only.span != 0;
    MmapscopeMemory.putLongOpaque(slot + Wire.Slot.TRACE_HIGH, joined ? only.traceHigh : 0);
    MmapscopeMemory.putLongOpaque(slot + Wire.Slot.TRACE_LOW, joined ? only.traceLow : 0);
    MmapscopeMemory.putLongOpaque(slot + Wire.Slot.SPAN, joined ? only.span : 0);
  }

  private MmapscopeContext only() {
    MmapscopeContext only = null;
    for (MmapscopeContext each = this; each != null; each = each.other) {
      if (each.copy != 0) {
        if (only != null) {
          return null;
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
