package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.Mapping;
import java.lang.reflect.Field;
import java.util.List;
import sun.misc.Unsafe;

/**
 * Prints what {@link ResidencySampler} costs with many mappings. Run it by hand; its argument is how many, 200,000
 * otherwise, of two pages each, every second one in memory. The kernel has one mapping for all of them, because it allows
 * no more than 65,530 by default; it reads its page table in the same way.
 */
public final class ResidencyCost {

  private static final int LENGTH = 2 * Calls.PAGE;

  private ResidencyCost() {}

  public static void main(String[] args) throws Exception {
    int count = args.length > 0 ? Integer.parseInt(args[0]) : 200_000;
    Field field = Unsafe.class.getDeclaredField("theUnsafe");
    field.setAccessible(true);
    Unsafe unsafe = (Unsafe) field.get(null);
    long start = unsafe.allocateMemory((long) (count + 1) * LENGTH) + LENGTH & -LENGTH;
    Ledger ledger = new Ledger(Calls.PAGE);
    int touched = 0;
    for (int i = 0; i < count; i++) {
      long at = start + (long) i * LENGTH;
      if (i % 2 == 0) {
        touched += 1 + unsafe.getByte(at); // maps the page of zeros: no memory is used
      }
      ledger.apply(Calls.mmap(i + 1, i + 2, at, LENGTH, Calls.file(i), 0), Calls.creator(i), "/data");
    }
    System.out.printf("in memory: %,d bytes%n", (long) touched * Calls.PAGE);
    for (int pass = 0; pass < 4; pass++) {
      measure(ledger, List.copyOf(ledger.mappings()));
    }
  }

  private static void measure(Ledger ledger, List<Mapping> live) {
    ResidencySampler sampler =
        new ResidencySampler(ledger, Calls.PAGE, (where, failure) -> System.err.println(where + ": " + failure), 1);
    Mapping last = live.get(live.size() - 1);
    long longest = 0;
    long total = 0;
    int calls = 0;
    while (sampler.residentBytes(last) < 0) {
      long began = System.nanoTime();
      sampler.sampleSome();
      long took = System.nanoTime() - began;
      longest = Math.max(longest, took);
      total += took;
      calls++;
    }
    long began = System.nanoTime();
    long bytes = live.stream().mapToLong(sampler::residentBytes).sum();
    long asking = System.nanoTime() - began;
    System.out.printf(
        "%,d mappings: a pass takes %d calls, %.1f ms, longest %.1f ms; to ask for all takes %.1f ms; %,d bytes%n",
        live.size(), calls, total / 1e6, longest / 1e6, asking / 1e6, bytes);
  }
}
