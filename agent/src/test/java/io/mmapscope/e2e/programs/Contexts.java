package io.mmapscope.e2e.programs;

import com.sun.tools.attach.VirtualMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongFunction;

/**
 * Makes contexts current with three copies of OpenTelemetry and compares what is in the thread's slot with what each
 * copy says is current, after every step. Prints {@code known=… unknown=…}; fails where the slot is wrong. Arguments:
 * how many platform threads, how many virtual ones; and for an agent that comes later, its jar and settings.
 */
public final class Contexts implements Runnable {

  private static final int STEPS = 400;

  private static final AtomicLong KNOWN = new AtomicLong();
  private static final AtomicLong UNKNOWN = new AtomicLong();
  private static final Object MONITOR = new Object();

  private final List<LongFunction<String>> copies = new ArrayList<>();
  private final List<String> current = new ArrayList<>();
  private final SplittableRandom random;
  private volatile Throwable failure;

  private Contexts(long seed, ClassLoader... loaders) throws ReflectiveOperationException {
    random = new SplittableRandom(seed);
    for (ClassLoader loader : loaders) {
      copies.add(steps(loader));
      current.add("none");
    }
  }

  public static void main(String[] args) throws Exception {
    ClassLoader own = Contexts.class.getClassLoader();
    ClassLoader[] copies = {own, ClassPathCopy.loader(), ClassPathCopy.loader()};
    if (args.length > 2) {
      attach(args[2], args[3]);
    }
    List<Contexts> all = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(args[0]); i++) {
      all.add(i % 2 == 0 ? new Contexts(i, copies[i / 2 % 3]) : new Contexts(i, copies));
      threads.add(new Thread(all.get(i), "contexts-" + i));
    }
    for (int i = 0; i < Integer.parseInt(args[1]); i++) {
      Contexts each = i % 5 == 0 ? new Contexts(i, copies) : new Contexts(i, copies[i % 3]);
      all.add(each);
      threads.add(VirtualThread.unstarted(each));
    }
    waitForTheAgent();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    for (Contexts each : all) {
      if (each.failure != null) {
        throw new IllegalStateException("thread failed", each.failure);
      }
    }
    System.out.println("known=" + KNOWN + " unknown=" + UNKNOWN);
  }

  /** Loads the agent into this JVM, which has used contexts before. */
  private static void attach(String jar, String settings) throws Exception {
    LongFunction<String> before = steps(Contexts.class.getClassLoader());
    for (int i = 0; i < STEPS; i++) {
      before.apply(i);
    }
    VirtualMachine machine = VirtualMachine.attach(Long.toString(ProcessHandle.current().pid()));
    machine.loadAgent(jar, settings);
    machine.detach();
    before.apply(-1);
  }

  /** It follows virtual threads from soon after the first context on. */
  private static void waitForTheAgent() throws Exception {
    steps(Contexts.class.getClassLoader()).apply(-1);
    Thread.sleep(2500);
  }

  @Override
  public void run() {
    try {
      for (int i = 0; i < STEPS; i++) {
        int which = random.nextInt(copies.size());
        current.set(which, copies.get(which).apply(random.nextLong() & Long.MAX_VALUE));
        compare();
        pause();
        compare();
      }
      for (int i = 0; i < copies.size(); i++) {
        current.set(i, copies.get(i).apply(-1));
      }
      compare();
    } catch (Throwable failed) {
      failure = failed;
    }
  }

  private void compare() {
    List<String> valid = current.stream().filter(each -> !each.equals("none")).toList();
    String expected = valid.size() == 1 && !valid.get(0).equals("unsampled") ? valid.get(0) : "none";
    String found = Slot.read();
    if (found.equals("unknown")) {
      UNKNOWN.incrementAndGet();
    } else if (found.equals(expected)) {
      KNOWN.incrementAndGet();
    } else {
      throw new IllegalStateException(
          Thread.currentThread() + ": " + found + " in the slot, but " + expected + " of " + current);
    }
  }

  /** What takes a virtual thread off its carrier, or keeps it there. */
  private void pause() throws InterruptedException {
    switch (random.nextInt(8)) {
      case 0 -> Thread.sleep(0, 100_000);
      case 1 -> Thread.yield();
      case 2 -> LockSupport.parkNanos(50_000);
      case 3 -> {
        synchronized (MONITOR) {
          Thread.onSpinWait();
        }
      }
      case 4 -> {
        synchronized (MONITOR) {
          MONITOR.wait(1);
        }
      }
      default -> {}
    }
  }

  @SuppressWarnings("unchecked")
  private static LongFunction<String> steps(ClassLoader loader) throws ReflectiveOperationException {
    return (LongFunction<String>)
        Class.forName(ContextSteps.class.getName(), true, loader).getConstructor().newInstance();
  }
}
