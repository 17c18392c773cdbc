package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Owner;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;

/**
 * Measures how much of each live mapping is in memory for this process: present in its page table, its part of the
 * resident set size. A page that is only in the page cache, or swapped out, does not count.
 *
 * <h2>Cost</h2>
 *
 * At most {@link #BUDGET_NANOS} a call and what the last mapping takes beyond it, some 1 ms; the next call goes on where
 * this one ended. A pass over all mappings begins at most every {@link #PASS_NANOS}. Of one mapping at most {@link
 * #MOST_PAGES} entries of the page table are read, neighbours together. Memory: 64 bytes a mapping.
 *
 * <h2>Error</h2>
 *
 * None for a mapping of up to {@link #MOST_PAGES} pages (32 MiB). A larger one is cut into {@value #STRATA} strata and a
 * block at random of each is read: the result is unbiased, and its standard error is 3.1 % of the mapping's length at
 * the very most (each stratum half in memory), less than 0.3 % where one contiguous part of it is.
 */
public final class ResidencySampler {

  /** 5 ms. */
  static final long BUDGET_NANOS = 5_000_000;

  /** 5 s. */
  static final long PASS_NANOS = 5_000_000_000L;

  static final int STRATA = 256;
  static final int MOST_PAGES = 8192;

  private static final int BLOCK = MOST_PAGES / STRATA;
  private static final int AT_ONCE = 512;

  private final Ledger ledger;
  private final int pageSize;
  private final BiConsumer<String, Throwable> failures;
  private final SplittableRandom random;
  private PageMap pages;
  private boolean unusable;
  private long next;
  private boolean inPass;
  private long passBegan = System.nanoTime() - PASS_NANOS;
  private ResidentSizes lastPass = new ResidentSizes(0);
  private ResidentSizes thisPass = new ResidentSizes(0);

  /**
   * @param pageSize bytes
   * @param failures told once where the page table cannot be read; nothing is measured then
   */
  public ResidencySampler(Ledger ledger, int pageSize, BiConsumer<String, Throwable> failures) {
    this(ledger, pageSize, failures, System.nanoTime());
  }

  ResidencySampler(Ledger ledger, int pageSize, BiConsumer<String, Throwable> failures, long seed) {
    this.ledger = ledger;
    this.pageSize = pageSize;
    this.failures = failures;
    this.random = new SplittableRandom(seed);
  }

  /** Resident bytes when it was last measured; -1 where it was not yet. Safe for any thread. */
  public synchronized long residentBytes(Mapping mapping) {
    long bytes = mapping.start() < next ? thisPass.of(mapping) : -1;
    return bytes >= 0 ? bytes : lastPass.of(mapping);
  }

  /** Measures for some milliseconds. For one thread, about once a second. */
  public void sampleSome() {
    long began = System.nanoTime();
    if (unusable || !inPass && began - passBegan < PASS_NANOS) {
      return;
    }
    if (!inPass) {
      inPass = true;
      passBegan = began;
    }
    try {
      if (pages == null) {
        pages = new PageMap();
      }
      sample(began + BUDGET_NANOS);
    } catch (IOException failure) {
      unusable = true;
      failures.accept("read /proc/self/pagemap", failure);
    }
  }

  /** The first mappings are read even when it is late already, so that every call gets on. */
  private void sample(long deadline) throws IOException {
    do {
      List<Mapping> live = ledger.live(next, AT_ONCE);
      if (live.isEmpty()) {
        endPass();
        return;
      }
      int i = 0;
      do {
        i += pagesOf(live.get(i)) > PageMap.MOST ? one(live.get(i)) : neighbours(live, i);
      } while (i < live.size() && System.nanoTime() - deadline < 0);
    } while (System.nanoTime() - deadline < 0);
  }

  private synchronized void endPass() {
    lastPass = thisPass;
    thisPass = new ResidentSizes(lastPass.count());
    next = 0;
    inPass = false;
  }

  private synchronized void measured(Mapping mapping, long presentPages) {
    thisPass.add(mapping, presentPages * pageSize);
    next = mapping.end();
  }

  private synchronized void passOver(Mapping mapping) {
    next = mapping.end();
  }

  private int one(Mapping mapping) throws IOException {
    if (mapping.creator().owner() == Owner.AGENT) {
      passOver(mapping);
    } else {
      long count = pagesOf(mapping);
      measured(mapping, count <= MOST_PAGES ? whole(mapping, (int) count) : estimate(mapping, count));
    }
    return 1;
  }

  private long whole(Mapping mapping, int count) throws IOException {
    long first = mapping.start() / pageSize;
    long present = 0;
    for (int done = 0; done < count; done += PageMap.MOST) {
      int some = Math.min(count - done, PageMap.MOST);
      pages.read(first + done, some);
      present += pages.present(0, some);
    }
    return present;
  }

  /** One block at random of each stratum, and the few pages behind the last whole block. */
  private long estimate(Mapping mapping, long count) throws IOException {
    long first = mapping.start() / pageSize;
    long blocks = count / BLOCK;
    long present = 0;
    for (int i = 0; i < STRATA; i++) {
      long from = bound(blocks, i);
      long stratum = bound(blocks, i + 1) - from;
      pages.read(first + (from + random.nextLong(stratum)) * BLOCK, BLOCK);
      present += stratum * pages.present(0, BLOCK);
    }
    int rest = (int) (count % BLOCK);
    pages.read(first + blocks * BLOCK, rest);
    return present + pages.present(0, rest);
  }

  private static long bound(long blocks, int stratum) {
    return blocks / STRATA * stratum + blocks % STRATA * stratum / STRATA;
  }

  /** Reads the entries of small mappings that lie close together at once. Returns how many they were. */
  private int neighbours(List<Mapping> live, int from) throws IOException {
    long start = live.get(from).start();
    int to = from + 1;
    while (to < live.size() && live.get(to).end() - start <= (long) PageMap.MOST * pageSize) {
      to++;
    }
    pages.read(start / pageSize, (int) ((live.get(to - 1).end() - start) / pageSize));
    for (Mapping mapping : live.subList(from, to)) {
      if (mapping.creator().owner() == Owner.AGENT) {
        passOver(mapping);
      } else {
        int offset = (int) ((mapping.start() - start) / pageSize);
        measured(mapping, pages.present(offset, offset + (int) pagesOf(mapping)));
      }
    }
    return to - from;
  }

  private long pagesOf(Mapping mapping) {
    return mapping.lengthBytes() / pageSize;
  }
}
