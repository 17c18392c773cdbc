package io.mmapscope.exporter.spans;

import io.mmapscope.agent.model.CallSite;
import java.util.StringJoiner;

/** Writes a stack as {@link Throwable#printStackTrace} does, a line for each frame, innermost first. */
final class StackText {

  private StackText() {}

  static String of(CallSite.Stack stack) {
    StringJoiner lines = new StringJoiner("\n");
    for (StackTraceElement frame : stack.frames()) {
      lines.add("\tat " + frame);
    }
    return lines.toString();
  }
}
