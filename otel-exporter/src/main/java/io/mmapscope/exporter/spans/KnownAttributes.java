package io.mmapscope.exporter.spans;

import io.mmapscope.agent.model.CallSite;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;

/**
 * Gathers the attributes of a span or of an event. What is not known is left out: an attribute that is there was seen,
 * and a 0 is a real 0. For one thread.
 */
final class KnownAttributes {

  private final AttributesBuilder attributes = Attributes.builder();

  /** Null is not known. */
  <T> KnownAttributes put(AttributeKey<T> key, T value) {
    attributes.put(key, value);
    return this;
  }

  /** Sizes, offsets and lines are negative where they are not known. */
  KnownAttributes putSize(AttributeKey<Long> key, long value) {
    return value < 0 ? this : put(key, value);
  }

  KnownAttributes putSeconds(AttributeKey<Double> key, long nanos) {
    return put(key, nanos / 1e9);
  }

  /** The address 0 is none. */
  KnownAttributes address(long address) {
    return address == 0 ? this : put(Keys.ADDRESS, SyscallText.hex(address));
  }

  KnownAttributes faults(long minor, long major, long durationNanos) {
    return put(Keys.FAULTS_MINOR, minor)
        .put(Keys.FAULTS_MAJOR, major)
        .putSeconds(Keys.FAULTS_DURATION, durationNanos);
  }

  /** The code behind it, with its callers. */
  KnownAttributes code(CallSite site, CallSite.Stack stack) {
    if (site.known()) {
      put(Keys.CODE_FUNCTION, site.functionName()).put(Keys.CODE_FILE, site.fileName());
      putSize(Keys.CODE_LINE, site.line());
    }
    return stack.frames().isEmpty() ? this : put(Keys.CODE_STACKTRACE, StackText.of(stack));
  }

  /** Who made the mapping. */
  KnownAttributes origin(CallSite origin) {
    if (!origin.known()) {
      return this;
    }
    return put(Keys.ORIGIN_FUNCTION, origin.functionName()).putSize(Keys.ORIGIN_LINE, origin.line());
  }

  KnownAttributes thread(long id, String name) {
    return put(Keys.THREAD_ID, id).put(Keys.THREAD_NAME, name);
  }

  Attributes build() {
    return attributes.build();
  }
}
