package io.mmapscope.demo.load;

import com.fasterxml.jackson.jr.ob.JSON;
import io.mmapscope.demo.Document;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The service's users: one indexes, reopens and merges, the other searches. The work is the same at every run; it is
 * spread over the seconds given, and takes longer on a machine that is slower. Runs in a JVM of its own, so that the
 * service's stacks and maps are the service's.
 *
 * <p>Usage: {@code LoadDriver http://127.0.0.1:PORT SECONDS}; ends with 0 where every request succeeded.
 */
public final class LoadDriver {

  private static final int ROUNDS = 60;
  private static final int BATCH = 500;
  private static final int MERGE_EVERY = 25;
  private static final int FRESH_SEARCH_EVERY = 7;
  private static final int SEGMENTS_AFTER_MERGE = 3;
  private static final int SEARCHES_PER_SECOND = 10;

  private final ServiceClient service;
  private final long nanos;
  private final AtomicInteger searches = new AtomicInteger();

  private LoadDriver(URI base, int seconds) {
    this.service = new ServiceClient(base);
    this.nanos = TimeUnit.SECONDS.toNanos(seconds);
  }

  public static void main(String[] args) throws Exception {
    if (args.length != 2) {
      System.err.println("usage: LoadDriver http://127.0.0.1:PORT SECONDS");
      System.exit(2);
    }
    try {
      new LoadDriver(URI.create(args[0]), Integer.parseInt(args[1])).run();
    } catch (IOException | ExecutionException e) {
      System.err.println("the load failed: " + e.getMessage());
      System.exit(1);
    }
  }

  private void run() throws IOException, InterruptedException, ExecutionException {
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Void> searcher = CompletableFuture.runAsync(() -> searchUntil(done));
    try {
      write();
    } finally {
      done.set(true);
    }
    searcher.get();
    Map<String, Object> remapped = service.post("/remap", "");
    if (!Boolean.TRUE.equals(remapped.get("lastPageFirst"))) {
      throw new IOException("POST /remap: the first page does not show the last one: " + remapped);
    }
    System.out.println("  remap_file_pages on " + remapped.get("file") + ", a copy of an index file");
  }

  private void write() throws IOException, InterruptedException {
    Corpus corpus = new Corpus(1);
    long start = System.nanoTime();
    for (int round = 1; round <= ROUNDS; round++) {
      service.post("/index", batch(corpus, round));
      if (round % FRESH_SEARCH_EVERY == 0) {
        // wants what has just been indexed, and pays for the reopening
        searches.incrementAndGet();
        service.get("/search?fresh=true&q=" + corpus.searchWord());
      }
      Map<String, Object> state = service.post("/refresh", "");
      if (round % MERGE_EVERY == 0) {
        service.post("/merge?segments=" + SEGMENTS_AFTER_MERGE, "");
      }
      long due = start + nanos * round / ROUNDS;
      TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      if (round % 10 == 0) {
        System.out.printf(
            "  %2d s: %,d documents in %s segments, %,d searches%n",
            TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start),
            ((Number) state.get("documents")).longValue(),
            state.get("segments"),
            searches.get());
      }
    }
  }

  /** A batch of documents, one in ten of them a newer version of an earlier one. */
  private static String batch(Corpus corpus, int round) throws IOException {
    StringBuilder lines = new StringBuilder();
    int first = (round - 1) * BATCH;
    for (int i = first; i < first + BATCH; i++) {
      int id = first > 0 && i % 10 == 0 ? corpus.number(first) : i;
      lines.append(JSON.std.asString(new Document("d" + id, corpus.text(4), corpus.text(100)))).append('\n');
    }
    return lines.toString();
  }

  private void searchUntil(AtomicBoolean done) {
    Corpus corpus = new Corpus(2);
    try {
      while (!done.get()) {
        int n = searches.incrementAndGet();
        String both = n % 3 == 0 ? "%20AND%20" : "%20";
        service.get("/search?q=" + corpus.searchWord() + both + corpus.searchWord());
        TimeUnit.MILLISECONDS.sleep(1_000 / SEARCHES_PER_SECOND);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
