package io.mmapscope.agent.hotpath;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.hotpath.telemetry.Application;
import io.mmapscope.agent.instrument.ContextReader;
import io.mmapscope.agent.instrument.ContextWeaver;
import io.mmapscope.agent.kernel.wire.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The trace context in the slot, with copies of an API that is shaped like OpenTelemetry's. */
class ContextsTest {

  private static final String TRACE = "0123456789abcdef" + "fedcba9876543210";
  private static final String SPAN = "00000000000000a1";
  private static final String INNER = "ffffffffffffffff";
  private static final Runnable NOTHING = () -> {};

  private final AtomicInteger registered = new AtomicInteger();
  private final List<Throwable> failures = new ArrayList<>();
  private final BiFunction<Map<String, Object>, Runnable, AutoCloseable> application = copy();
  private long slots;
  private MmapscopeRuntime agent;

  @BeforeEach
  void start() {
    slots = MmapscopeMemory.reserve((long) Wire.Limit.SLOTS * Wire.Slot.SIZE);
    MmapscopeMemory.clear(slots, (long) Wire.Limit.SLOTS * Wire.Slot.SIZE);
    come();
  }

  private void come() {
    agent = new FakeRuntime();
    MmapscopeGate.open(agent, 64, slots);
    MmapscopeContexts.start(agent);
  }

  @AfterEach
  void stop() {
    MmapscopeGate.forget(0);
    assertThat(failures).isEmpty();
  }

  private class FakeRuntime extends MmapscopeRuntime {
    @Override
    public int registerThread(Thread carrier) {
      return registered.getAndIncrement();
    }

    @Override
    public int callSite(int skipped) {
      return 0;
    }

    @Override
    public int trace(MmapscopeThread thread, long address) {
      return 0;
    }

    @Override
    public byte[] contextReader(String storage) {
      return ContextReader.classFile(storage);
    }

    @Override
    public Object stack(long durationNanos, int flags) {
      return null;
    }

    @Override
    public void failed(Throwable failure) {
      failures.add(failure);
    }
  }

  /** An application with a copy of the API of its own, whose storage is woven. */
  @SuppressWarnings("unchecked")
  private static BiFunction<Map<String, Object>, Runnable, AutoCloseable> copy() {
    String prefix = Application.class.getPackageName();
    ClassLoader own =
        new ClassLoader(ContextsTest.class.getClassLoader()) {
          @Override
          protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
              Class<?> loaded = findLoadedClass(name);
              return loaded != null ? loaded : name.startsWith(prefix) ? define(name) : super.loadClass(name, resolve);
            }
          }

          private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
              byte[] classFile = in.readAllBytes();
              boolean storage = name.contains("ThreadLocalContextStorage");
              byte[] woven = storage ? ContextWeaver.weave(classFile) : classFile;
              return defineClass(name, woven, 0, woven.length);
            } catch (IOException unreadable) {
              throw new ClassNotFoundException(name, unreadable);
            }
          }
        };
    try {
      return (BiFunction<Map<String, Object>, Runnable, AutoCloseable>)
          own.loadClass(Application.class.getName()).getConstructor().newInstance();
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  /** Each test has its own thread: slots stay with threads. */
  private static void onNewThread(Work work) throws InterruptedException {
    List<Throwable> thrown = new ArrayList<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (Throwable failure) {
                thrown.add(failure);
              }
            });
    thread.start();
    thread.join();
    assertThat(thrown).isEmpty();
  }

  private static String inSlot() {
    long slot = MmapscopeContexts.slot();
    long span = MmapscopeMemory.getLong(slot + Wire.Slot.SPAN);
    return span == 0
        ? "none"
        : String.format(
            "%016x%016x-%016x",
            MmapscopeMemory.getLong(slot + Wire.Slot.TRACE_HIGH),
            MmapscopeMemory.getLong(slot + Wire.Slot.TRACE_LOW),
            span);
  }

  private static Map<String, Object> span(String span) {
    return Map.of("trace", TRACE, "span", span);
  }

  @Test
  void isTheCurrentOne() throws InterruptedException {
    onNewThread(
        () -> {
          assertThat(inSlot()).isEqualTo("none");
          try (AutoCloseable outer = application.apply(span(SPAN), NOTHING)) {
            assertThat(inSlot()).isEqualTo(TRACE + "-" + SPAN);
            try (AutoCloseable inner = application.apply(span(INNER), NOTHING)) {
              assertThat(inSlot()).isEqualTo(TRACE + "-" + INNER);
            }
            assertThat(inSlot()).isEqualTo(TRACE + "-" + SPAN);
          }
          assertThat(inSlot()).isEqualTo("none");
        });
  }

  @Test
  void isTheThreadsOwn() throws InterruptedException {
    onNewThread(
        () -> {
          try (AutoCloseable outer = application.apply(span(SPAN), NOTHING)) {
            onNewThread(() -> assertThat(inSlot()).isEqualTo("none"));
            assertThat(inSlot()).isEqualTo(TRACE + "-" + SPAN);
          }
        });
  }

  @Test
  void isNoneWhereTheSpanIsNotToBeJoined() throws InterruptedException {
    List<Map<String, Object>> none =
        List.of(
            Map.of("trace", TRACE, "span", SPAN, "sampled", false),
            Map.of("trace", TRACE, "span", SPAN, "valid", false),
            Map.of("trace", TRACE, "span", "0000000000000000"),
            Map.of("trace", TRACE.toUpperCase(Locale.ROOT), "span", SPAN),
            Map.of("trace", TRACE, "span", "000000000000000g"),
            Map.of("trace", TRACE, "span", "0000000:00000000"),
            Map.of("trace", TRACE, "span", "000000000000`000"),
            Map.of("trace", TRACE, "span", "00000000000000é1"),
            Map.of("trace", TRACE, "span", "0001"),
            Map.of("trace", "", "span", SPAN));
    onNewThread(
        () -> {
          try (AutoCloseable outer = application.apply(span(SPAN), NOTHING)) {
            for (Map<String, Object> each : none) {
              try (AutoCloseable inner = application.apply(each, NOTHING)) {
                assertThat(inSlot()).as("within %s", each).isEqualTo("none");
              }
              assertThat(inSlot()).as("after %s", each).isEqualTo(TRACE + "-" + SPAN);
            }
          }
        });
  }

  @Test
  void isNoneWhereTwoCopiesHaveOne() throws InterruptedException {
    BiFunction<Map<String, Object>, Runnable, AutoCloseable> other = copy();
    onNewThread(
        () -> {
          for (int i = 0; i < 3; i++) {
            AutoCloseable first = application.apply(span(SPAN), NOTHING);
            AutoCloseable second = other.apply(span(INNER), NOTHING);
            assertThat(inSlot()).isEqualTo("none");
            second.close();
            assertThat(inSlot()).isEqualTo(TRACE + "-" + SPAN);
            second = other.apply(Map.of("trace", TRACE, "span", INNER, "sampled", false), NOTHING);
            assertThat(inSlot()).isEqualTo("none");
            first.close();
            assertThat(inSlot()).isEqualTo("none");
            second.close();
            second = other.apply(span(INNER), NOTHING);
            assertThat(inSlot()).isEqualTo(TRACE + "-" + INNER);
            second.close();
            assertThat(inSlot()).isEqualTo("none");
          }
        });
  }

  @Test
  void whatTheApplicationThrowsStaysWithTheAgent() throws InterruptedException {
    onNewThread(
        () -> {
          AutoCloseable outer = application.apply(span(SPAN), NOTHING);
          AutoCloseable inner =
              application.apply(
                  span(INNER),
                  () -> {
                    throw new IllegalStateException("of the application");
                  });
          assertThat(inSlot()).isEqualTo("none");
          inner.close();
          assertThat(inSlot()).isEqualTo(TRACE + "-" + SPAN);
          outer.close();
        });
  }

  @Test
  void contextsThatAreUsedWhileOneIsReadDisturbIt() throws InterruptedException {
    onNewThread(
        () -> {
          AutoCloseable outer = application.apply(span(SPAN), () -> application.apply(span(INNER), NOTHING));
          assertThat(inSlot()).isEqualTo("none");
          outer.close();
          assertThat(inSlot()).isEqualTo("none");
        });
  }

  @Test
  void isNoneOnceNotAllIsFollowed() throws InterruptedException {
    onNewThread(
        () -> {
          AutoCloseable outer = application.apply(span(SPAN), NOTHING);
          MmapscopeContexts.stop(agent);
          assertThat(inSlot()).isEqualTo("none");
          AutoCloseable inner = application.apply(span(INNER), NOTHING);
          assertThat(inSlot()).isEqualTo("none");
          inner.close();
          outer.close();
          assertThat(inSlot()).isEqualTo("none");
        });
  }

  @Test
  void isNotOneOfAnAgentThatHasLeft() throws InterruptedException {
    onNewThread(
        () -> {
          AutoCloseable outer = application.apply(span(SPAN), NOTHING);
          MmapscopeContexts.stop(agent);
          MmapscopeGate.forget(0);
          AutoCloseable inner = application.apply(span(INNER), NOTHING);
          come();
          assertThat(inSlot()).isEqualTo("none");
          inner.close();
          assertThat(inSlot()).isEqualTo(TRACE + "-" + SPAN);
          outer.close();
          assertThat(inSlot()).isEqualTo("none");
        });
  }
}
