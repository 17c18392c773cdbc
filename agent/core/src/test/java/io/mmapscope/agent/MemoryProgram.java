package io.mmapscope.agent;

import io.mmapscope.agent.ledger.Ledger;
import io.mmapscope.agent.ledger.MapsFile;
import io.mmapscope.agent.ledger.MapsLine;
import io.mmapscope.agent.ledger.MemoryKinds;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Memory;
import io.mmapscope.agent.model.PageSize;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Field;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import sun.misc.Unsafe;

/** An agent and its application in one: prints what its own memory is taken for. Its argument is a file to map. */
public final class MemoryProgram {

  private static Instrumentation instrumentation;
  private static List<MapsLine> lines;
  private static Ledger ledger;
  private static MemoryKinds kinds;

  private MemoryProgram() {}

  public static void premain(String argument, Instrumentation given) {
    instrumentation = given;
  }

  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[0]);
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
    MappedByteBuffer buffer = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
    DiagnosticCommands commands = new DiagnosticCommands(instrumentation, (where, failure) -> failure.printStackTrace());
    lines = MapsFile.read(MapsFile.SELF).lines();
    ledger = new Ledger(PageSize.ofSystem());
    ledger.seed(lines);
    kinds = new MemoryKinds(commands::run, MemoryProgram::lines);

    System.out.println("commands=" + (commands.run("VM.version") != null));
    long began = System.nanoTime();
    System.out.println("object=" + at(addressOfAnObject()));
    System.out.println("firstMicros=" + (System.nanoTime() - began) / 1000);
    System.out.println("zHeap=" + of(line -> line.name().startsWith("/memfd:java_heap")));
    System.out.println("generated=" + of(line -> line.file() == null && line.permissions().equals("rwxp")));
    System.out.println("jdk=" + of(line -> line.name().contains("/libjvm.so") || line.name().endsWith("/modules")));
    System.out.println("c=" + of(line -> line.name().contains("/libc.so")));
    System.out.println("mapped=" + of(line -> line.name().equals(file.toString())));
    System.out.println("main=" + of(line -> line.name().equals("[stack]")));
    System.out.println("end=" + buffer.get(0));
  }

  private static List<MapsLine> lines() {
    try {
      return MapsFile.read(MapsFile.SELF).lines();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What all pages of these lines are taken for. */
  private static Set<Memory> of(Predicate<MapsLine> wanted) {
    Set<Memory> found = new TreeSet<>();
    for (MapsLine line : lines) {
      if (wanted.test(line)) {
        found.add(at(line.start()));
        found.add(at(line.end() - 1));
      }
    }
    return found;
  }

  private static Memory at(long address) {
    Mapping mapping = ledger.at(address, System.nanoTime());
    return mapping == null ? null : kinds.of(mapping, address, false);
  }

  /** With a heap this small a compressed reference is the address itself; ZGC has no compressed ones. */
  private static long addressOfAnObject() throws ReflectiveOperationException {
    Field field = Unsafe.class.getDeclaredField("theUnsafe");
    field.setAccessible(true);
    Unsafe unsafe = (Unsafe) field.get(null);
    return unsafe.getInt(new Object[] {new Object()}, unsafe.arrayBaseOffset(Object[].class)) & 0xffffffffL;
  }
}
