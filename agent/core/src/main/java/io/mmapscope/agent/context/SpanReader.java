package io.mmapscope.agent.context;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Reads the current span of one copy of the OpenTelemetry API, by public method handles, without a class of ours in the
 * application's class loader. Reading allocates nothing.
 *
 * @param spanContext {@code () -> SpanContext} of the current span
 * @param valid {@code SpanContext.isValid}
 * @param sampled {@code SpanContext.isSampled}
 * @param traceId {@code SpanContext.getTraceId}, 32 hexadecimal digits
 * @param spanId {@code SpanContext.getSpanId}, 16 hexadecimal digits
 * @param storage the class that decides on the storage of contexts, or null where this version has none
 */
record SpanReader(
    MethodHandle spanContext,
    MethodHandle valid,
    MethodHandle sampled,
    MethodHandle traceId,
    MethodHandle spanId,
    Class<?> storage) {

  /**
   * Joined at run time: the agent's own copy of the API is renamed when the jar is made, and a constant that looks like
   * one of its classes would be renamed with it.
   */
  private static final String ROOT = String.join("/", "io", "opentelemetry", "");

  /** Internal name of the class by which an application's own copy of the API is recognised. */
  static final String API = ROOT + "api/trace/Span";

  /** Internal name of the bridge by which the OpenTelemetry Java agent's copy is recognised. */
  static final String JAVA_AGENT = ROOT + "javaagent/bootstrap/Java8BytecodeBridge";

  /**
   * @param recognised {@link #API} or {@link #JAVA_AGENT}
   * @param loader the class loader that has it
   */
  static SpanReader of(String recognised, ClassLoader loader) throws ReflectiveOperationException {
    Class<?> source = Class.forName(recognised.replace('/', '.'), false, loader);
    String method = recognised.equals(API) ? "current" : "currentSpan";
    Class<?> span = source.getMethod(method).getReturnType();
    Class<?> context = span.getMethod("getSpanContext").getReturnType();
    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    MethodHandle current =
        MethodHandles.filterReturnValue(
            lookup.findStatic(source, method, MethodType.methodType(span)),
            lookup.findVirtual(span, "getSpanContext", MethodType.methodType(context)));
    return new SpanReader(
        current.asType(MethodType.methodType(Object.class)),
        getter(lookup, context, "isValid", boolean.class),
        getter(lookup, context, "isSampled", boolean.class),
        getter(lookup, context, "getTraceId", String.class),
        getter(lookup, context, "getSpanId", String.class),
        storage(span));
  }

  /**
   * Returns true once the application has used its contexts. Before that there is no current span; and to ask would
   * settle their storage, after which {@code ContextStorage.addWrapper} of the application comes too late.
   */
  boolean inUse() {
    return storage == null || MmapscopeMemory.isInitialized(storage);
  }

  /** {@code LazyStorage} of the same copy: {@code …api.trace.Span} and {@code …context.LazyStorage} are siblings. */
  private static Class<?> storage(Class<?> span) {
    String root = span.getName().substring(0, span.getName().length() - "api.trace.Span".length());
    try {
      return Class.forName(root + "context.LazyStorage", false, span.getClassLoader());
    } catch (ClassNotFoundException anotherVersion) {
      return null;
    }
  }

  private static MethodHandle getter(
      MethodHandles.Lookup lookup, Class<?> type, String name, Class<?> result) throws ReflectiveOperationException {
    return lookup
        .findVirtual(type, name, MethodType.methodType(result))
        .asType(MethodType.methodType(result, Object.class));
  }
}
