package io.mmapscope.e2e.programs;

import io.opentelemetry.context.ContextStorage;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Maps within spans of its own OpenTelemetry: on several threads, platform and virtual, with three copies of it in as
 * many class loaders. Arguments: a data file, a file for the truth.
 */
public final class Traces {

  private static final int THREADS = 4;
  private static final int VIRTUAL_THREADS = 16;

  private final List<String> rows = Collections.synchronizedList(new ArrayList<>());
  private final List<Object> kept = Collections.synchronizedList(new ArrayList<>());
  private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
  private final FileChannel channel;
  private long seed;

  private Traces(FileChannel channel) {
    this.channel = channel;
  }

  public static void main(String[] args) throws Exception {
    try (FileChannel channel =
        FileChannel.open(
            Path.of(args[0]), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(8192));
      Traces traces = new Traces(channel);
      traces.mapBeforeContextsAreUsed();
      traces.runAll();
      Files.write(Path.of(args[1]), traces.rows);
      System.out.println("done, " + traces.kept.size() + " mapped");
    }
  }

  /** The API is loaded, but how it stores contexts is still the application's to decide. */
  private void mapBeforeContextsAreUsed() throws Exception {
    Class.forName("io.opentelemetry.api.trace.Span");
    MappedByteBuffer buffer = channel.map(MapMode.READ_ONLY, 0, 8192);
    kept.add(buffer);
    rows.add(Buffers.addressOf(buffer) + ",none,,");
    AtomicInteger attached = new AtomicInteger();
    ContextStorage.addWrapper(
        storage ->
            new ContextStorage() {
              @Override
              public io.opentelemetry.context.Scope attach(io.opentelemetry.context.Context toAttach) {
                attached.incrementAndGet();
                return storage.attach(toAttach);
              }

              @Override
              public io.opentelemetry.context.Context current() {
                return storage.current();
              }
            });
    work(getClass().getClassLoader(), new String[1]).run();
    if (attached.get() == 0) {
      throw new IllegalStateException("the application's ContextStorage wrapper came too late");
    }
  }

  private void runAll() throws Exception {
    ClassLoader own = getClass().getClassLoader();
    ClassLoader second = ClassPathCopy.loader();
    ClassLoader third = ClassPathCopy.loader();
    List<Thread> threads = new ArrayList<>();
    for (ClassLoader loader : List.of(own, second, third)) {
      for (int i = 0; i < THREADS; i++) {
        threads.add(new Thread(guarded(work(loader, new String[1])), "traces-" + threads.size()));
      }
      for (int i = 0; i < VIRTUAL_THREADS && Runtime.version().feature() >= 21; i++) {
        threads.add(VirtualThread.unstarted(guarded(work(loader, new String[1]))));
      }
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    // Two copies on one thread: one has a current span, then both, then one again.
    String[] outer = new String[1];
    asConsumer(work(second, outer)).accept(work(third, outer));
    asConsumer(work(own, outer)).accept(work(second, outer));
    if (!failures.isEmpty()) {
      throw new IllegalStateException(failures.size() + " threads failed", failures.get(0));
    }
  }

  private Runnable guarded(Runnable work) {
    return () -> {
      try {
        work.run();
      } catch (Throwable failure) {
        failures.add(failure);
      }
    };
  }

  private Runnable work(ClassLoader loader, String[] other) throws ReflectiveOperationException {
    return (Runnable)
        Class.forName(TracedWork.class.getName(), true, loader)
            .getConstructor(FileChannel.class, List.class, List.class, long.class, String[].class)
            .newInstance(channel, rows, kept, seed++, other);
  }

  @SuppressWarnings("unchecked")
  private static Consumer<Runnable> asConsumer(Runnable work) {
    return (Consumer<Runnable>) work;
  }
}
