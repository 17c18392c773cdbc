package io.mmapscope.agent.context;

import io.mmapscope.agent.model.CallSite;

/** Says which code an instruction belongs to. Asked for slow faults only. */
public interface CodeLookup {

  CodeLookup NONE =
      new CodeLookup() {
        @Override
        public boolean settled(long nanos) {
          return true;
        }

        @Override
        public CallSite at(long instruction, long nanos) {
          return CallSite.UNKNOWN;
        }

        @Override
        public CallSite.Stack stack(long[] addresses, long nanos) {
          return CallSite.Stack.NONE;
        }
      };

  /** False where later more may be certain of a time than is now. */
  boolean settled(long nanos);

  /** The compiled method at an address at a time, or {@link CallSite#UNKNOWN} where that is not certain. */
  CallSite at(long instruction, long nanos);

  /**
   * The stack behind return addresses, the touching instruction's first, 0 where there are no more; empty where this
   * JVM keeps no frame pointers and they mean nothing.
   */
  CallSite.Stack stack(long[] addresses, long nanos);
}
