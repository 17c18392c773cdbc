package io.mmapscope.e2e.programs;

/**
 * A place in a program. Taken on the line of the call that it is about.
 *
 * @param function class and method
 * @param line number of the line
 */
record Here(String function, int line) {

  private static final StackWalker WALKER = StackWalker.getInstance();

  /** The place of the caller. */
  static Here now() {
    StackWalker.StackFrame frame = WALKER.walk(frames -> frames.skip(1).findFirst().orElseThrow());
    return new Here(frame.getClassName() + '.' + frame.getMethodName(), frame.getLineNumber());
  }
}
