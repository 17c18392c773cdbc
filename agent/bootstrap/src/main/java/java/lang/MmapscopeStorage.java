package java.lang;

import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import jdk.internal.vm.annotation.ForceInline;

/**
 * One copy of OpenTelemetry's {@code ThreadLocalContextStorage}: where it puts a context into its thread local, the
 * woven instruction calls {@link #set} instead, which does that and puts the context's span into the thread's slot.
 *
 * <p>A record, because the compiler trusts a record's fields not to change, and so inlines what the handle calls.
 *
 * @param copy its number, from 1
 * @param reader tells a {@link MmapscopeContext} the span of a context; see {@link MmapscopeRuntime#contextReader}. Null
 *     where there is no API beside this storage
 */
public record MmapscopeStorage(int copy, MethodHandle reader) {

  private static final String NAME = "ThreadLocalContextStorage";

  /** One for each copy, so that its methods are followed all or none. */
  private static final ClassValue<AtomicReference<MmapscopeStorage>> ALL = new MmapscopeStorages();

  private static final AtomicInteger COPIES = new AtomicInteger();

  private static final MethodHandle SET = method(MmapscopeStorage.class, ThreadLocal.class, Object.class);
  private static final CallSite NOT_FOLLOWED = new ConstantCallSite(method(ThreadLocal.class, Object.class));

  private static MethodHandle method(Class<?> type, Class<?>... arguments) {
    try {
      return MethodHandles.lookup().findVirtual(type, "set", MethodType.methodType(void.class, arguments));
    } catch (ReflectiveOperationException impossible) {
      throw new NoSuchMethodError(impossible.getMessage());
    }
  }

  /** Bootstrap method of the woven instruction. Never throws. */
  public static CallSite link(MethodHandles.Lookup caller, String name, MethodType type) {
    try {
      MmapscopeRuntime agent = MmapscopeGate.open;
      if (agent == null) {
        // It is leaving, and this class gets its own code back.
        return NOT_FOLLOWED;
      }
      Class<?> woven = caller.lookupClass();
      String storage = woven.getName();
      storage = storage.substring(0, storage.indexOf(NAME) + NAME.length());
      AtomicReference<MmapscopeStorage> only = ALL.get(Class.forName(storage, false, woven.getClassLoader()));
      if (only.get() == null) {
        only.compareAndSet(null, of(agent, Class.forName(storage, false, woven.getClassLoader()), caller));
      }
      return only.get().reader == null ? NOT_FOLLOWED : new ConstantCallSite(SET.bindTo(only.get()));
    } catch (Throwable failure) {
      MmapscopeContexts.lost(failure);
      return NOT_FOLLOWED;
    }
  }

  private static MmapscopeStorage of(MmapscopeRuntime agent, Class<?> storage, MethodHandles.Lookup caller) {
    MethodHandle reader = null;
    try {
      String span = storage.getName().replace("context." + NAME, "api.trace.Span");
      Module api = Class.forName(span, false, storage.getClassLoader()).getModule();
      if (storage.getModule().canRead(api)) {
        byte[] classFile = agent.contextReader(storage.getName());
        MethodType type = MethodType.methodType(void.class, Object.class, MmapscopeContext.class);
        reader = method(caller.defineHiddenClass(classFile, true), type);
      }
    } catch (Throwable noApi) {
      // Contexts without the API have no spans. Decided once: an API found halfway would see closes and no attaches.
    }
    return new MmapscopeStorage(COPIES.incrementAndGet(), reader);
  }

  private static MethodHandle method(MethodHandles.Lookup lookup, MethodType type) throws ReflectiveOperationException {
    return lookup.findStatic(lookup.lookupClass(), "read", type);
  }

  /**
   * Makes a context current as the application asked, and then its span in the slot. In between there is none: what is
   * thrown meanwhile leaves it so.
   */
  @ForceInline
  void set(ThreadLocal<Object> storage, Object context) {
    MmapscopeContext state = MmapscopeContexts.begin(copy);
    storage.set(context);
    if (state != null) {
      publish(state, context);
    }
  }

  @ForceInline
  private void publish(MmapscopeContext state, Object context) {
    state.beginReading(copy);
    try {
      if (context != null) {
        reader.invokeExact(context, state);
      }
      state.endReading();
      MmapscopeContexts.end(state);
    } catch (Throwable notReadable) {
      // The application's own Context or Span may throw; a stack may be at its end.
      state.endReading();
    }
  }
}
