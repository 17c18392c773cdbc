package io.mmapscope.demo.load;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The same search three times: with the index in memory, just after it was taken out of memory, and once more.
 *
 * <p>Usage: {@code ColdSearch http://127.0.0.1:PORT SERVICE-PID INDEX-DIRECTORY}; ends with 0 where each succeeded.
 */
public final class ColdSearch {

  private static final int WARM_UP = 5;

  private final ServiceClient service;
  private final String query;

  private ColdSearch(URI base) {
    this.service = new ServiceClient(base);
    Corpus corpus = new Corpus(3);
    this.query = "/search?q=" + corpus.searchWord() + "%20" + corpus.searchWord() + "%20" + corpus.searchWord();
  }

  public static void main(String[] args) throws InterruptedException {
    if (args.length != 3) {
      System.err.println("usage: ColdSearch http://127.0.0.1:PORT SERVICE-PID INDEX-DIRECTORY");
      System.exit(2);
    }
    try {
      new ColdSearch(URI.create(args[0])).run(Long.parseLong(args[1]), Path.of(args[2]).toRealPath());
    } catch (IOException e) {
      System.err.println("the search of an evicted index failed: " + e.getMessage());
      System.exit(1);
    }
  }

  private void run(long pid, Path index) throws IOException, InterruptedException {
    for (int i = 0; i < WARM_UP; i++) {
      service.get(query);
    }
    long warm = nanos();
    int evicted = Eviction.evict(pid, index);
    long cold = nanos();
    long again = nanos();
    System.out.printf(
        Locale.ROOT,
        "  one search, by its user's clock: %.1f ms; %.1f ms after the %d mappings of the index were evicted from"
            + " memory; then %.1f ms%n",
        warm / 1e6, cold / 1e6, evicted, again / 1e6);
  }

  private long nanos() throws IOException, InterruptedException {
    long start = System.nanoTime();
    service.get(query);
    return System.nanoTime() - start;
  }
}
