package io.mmapscope.agent;

import io.mmapscope.agent.context.CallSites;
import io.mmapscope.agent.context.CompiledCode;
import io.mmapscope.agent.model.CallSite;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.instrument.Instrumentation;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * An agent and its application in one: a thread parks below compiled methods, and its stack is read as the kernel would
 * read it. Prints what its words are taken for, and what Java says of it.
 */
public final class CodeProgram {

  private static final int WARM_UP = 60_000;
  private static final int STACK_BYTES = 32 * 1024;

  private static Instrumentation instrumentation;
  private static volatile boolean warm;
  private static volatile long sink;

  private CodeProgram() {}

  public static void premain(String argument, Instrumentation given) {
    instrumentation = given;
  }

  static long outer(long value) {
    return middle(value + 1) + 1;
  }

  static long middle(long value) {
    return inner(value * 3) + 1;
  }

  static long inner(long value) {
    LockSupport.park();
    return value + 7;
  }

  public static void main(String[] args) throws Exception {
    Thread thread = new Thread(CodeProgram::run, "parker");
    thread.setDaemon(true);
    thread.start();
    long[] stack = parkedStack(thread);
    DiagnosticCommands commands = new DiagnosticCommands(instrumentation, (where, failure) -> failure.printStackTrace());
    CompiledCode code = new CompiledCode(commands::run, new CallSites());
    long compiled = stack[indexOfGenerated(commands, stack)];
    code.settled(compiled, System.nanoTime()); // the first reading
    long now = System.nanoTime();
    while (!code.settled(compiled, now)) {
      Thread.sleep(20);
    }
    System.out.println("words=" + words(code, stack, now));
    System.out.println("frames=" + frames(code, stack, now));
    System.out.println("java=" + names(Arrays.asList(thread.getStackTrace())));
    System.out.println("library=" + code.at(stack[0], now).known());
    System.out.println("earlier=" + code.at(inInner(code, stack, now), now - 60_000_000_000L).known());
  }

  private static void run() {
    for (int i = 0; i < WARM_UP; i++) {
      LockSupport.unpark(Thread.currentThread()); // the next one returns at once
      sink += outer(i);
    }
    warm = true;
    while (true) {
      sink += outer(1);
    }
  }

  /** The program counter, the stack pointer, and the words from there up. */
  private static long[] parkedStack(Thread thread) throws IOException, InterruptedException {
    while (!warm || thread.getState() != Thread.State.WAITING) {
      Thread.sleep(10);
    }
    String[] call = Files.readString(task("parker").resolve("syscall")).trim().split(" ");
    long stackPointer = Long.decode(call[call.length - 2]);
    byte[] bytes = new byte[STACK_BYTES];
    int length;
    try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
      memory.seek(stackPointer);
      length = memory.read(bytes);
    }
    long[] words = new long[2 + length / 8];
    words[0] = Long.decode(call[call.length - 1]);
    words[1] = stackPointer;
    ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()).asLongBuffer().get(words, 2, length / 8);
    return words;
  }

  private static Path task(String name) throws IOException {
    try (var tasks = Files.list(Path.of("/proc/self/task"))) {
      for (Path each : (Iterable<Path>) tasks::iterator) {
        if (Files.readString(each.resolve("comm")).trim().equals(name)) {
          return each;
        }
      }
    }
    throw new IllegalStateException("no thread " + name);
  }

  /** Of a word that points among the compiled methods. */
  private static int indexOfGenerated(DiagnosticCommands commands, long[] stack) {
    String list = commands.run("Compiler.codelist");
    for (int i = 2; i < stack.length; i++) {
      long word = stack[i];
      boolean found =
          list.lines()
              .map(line -> line.replaceAll(".*, 0x(\\p{XDigit}+) - 0x(\\p{XDigit}+)]", "$1 $2").split(" "))
              .filter(range -> range.length == 2)
              .anyMatch(r -> word > Long.parseLong(r[0], 16) && word < Long.parseLong(r[1], 16));
      if (found) {
        return i;
      }
    }
    throw new IllegalStateException("no word points at compiled code");
  }

  private static String words(CompiledCode code, long[] stack, long now) {
    List<String> found = new ArrayList<>();
    for (int i = 2; i < stack.length; i++) {
      CallSite site = code.at(stack[i] - 1, now);
      if (site.known()) {
        found.add(site.functionName());
      }
    }
    return String.join(",", found);
  }

  /** Where a return address into {@link #inner} is, its frame pointer is below it: from there as the kernel walks. */
  private static String frames(CompiledCode code, long[] stack, long now) {
    int at = indexOfInner(code, stack, now);
    List<Long> addresses = new ArrayList<>(List.of(stack[at] - 1));
    long pointer = stack[at - 1];
    for (long index = 2 + (pointer - stack[1]) / 8; index > at && index + 1 < stack.length; ) {
      addresses.add(stack[(int) index + 1]);
      pointer = stack[(int) index];
      index = 2 + (pointer - stack[1]) / 8;
    }
    return names(code.stack(addresses.stream().mapToLong(each -> each).toArray(), now).frames());
  }

  private static long inInner(CompiledCode code, long[] stack, long now) {
    return stack[indexOfInner(code, stack, now)] - 1;
  }

  private static int indexOfInner(CompiledCode code, long[] stack, long now) {
    for (int i = 2; i < stack.length; i++) {
      if (code.at(stack[i] - 1, now).functionName().equals(CodeProgram.class.getName() + ".inner")) {
        return i;
      }
    }
    throw new IllegalStateException("no return address into inner");
  }

  private static String names(List<StackTraceElement> frames) {
    return frames.stream()
        .map(frame -> frame.getClassName() + "." + frame.getMethodName())
        .collect(Collectors.joining(","));
  }
}
