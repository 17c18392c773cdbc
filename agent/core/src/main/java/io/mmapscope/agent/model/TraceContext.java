package io.mmapscope.agent.model;

/**
 * The application's span that was current when an operation began.
 *
 * @param traceHigh first 8 bytes of the trace id
 * @param traceLow last 8 bytes of the trace id
 * @param spanId span id
 * @param sampled whether the application's tracer records this trace
 */
public record TraceContext(long traceHigh, long traceLow, long spanId, boolean sampled) {

  /** The trace id, 32 lower-case hexadecimal digits. */
  public String traceId() {
    return hex(traceHigh) + hex(traceLow);
  }

  /** The span id, 16 lower-case hexadecimal digits. */
  public String spanIdHex() {
    return hex(spanId);
  }

  private static String hex(long value) {
    String digits = Long.toHexString(value);
    return "0".repeat(16 - digits.length()) + digits;
  }
}
