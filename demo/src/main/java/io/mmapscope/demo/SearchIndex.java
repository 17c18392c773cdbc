package io.mmapscope.demo;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.queryparser.classic.ParseException;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SearcherManager;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.BytesRef;

/**
 * The Lucene index, on mapped files. Safe for any thread.
 *
 * <p>Lucene maps a file when it opens it. That happens in three places, and the spans show which: on the thread that
 * reopens the reader (the new segment's files, below {@code lucene.reopen}), on the thread that applies deletes or
 * commits, and on Lucene's own merge threads, which belong to no request.
 */
final class SearchIndex implements AutoCloseable {

  /** How many documents matched, at least, and the titles of the best. */
  record Result(long total, List<String> titles) {}

  private final Tracer tracer;
  private final Path path;
  private final MMapDirectory directory;
  private final StandardAnalyzer analyzer = new StandardAnalyzer();
  private final IndexWriter writer;
  private final SearcherManager searchers;

  SearchIndex(Path path, Tracer tracer) throws IOException {
    this.tracer = tracer;
    this.path = path;
    this.directory = new MMapDirectory(path);
    // One file for each of a segment's parts rather than one compound file: each part is then a mapping of its own,
    // and the extension says which part of the index the memory goes to.
    TieredMergePolicy mergePolicy = new TieredMergePolicy();
    mergePolicy.setNoCFSRatio(0);
    this.writer =
        new IndexWriter(
            directory, new IndexWriterConfig(analyzer).setUseCompoundFile(false).setMergePolicy(mergePolicy));
    this.searchers = new SearcherManager(writer, null);
  }

  /** Adds documents, replacing those with the same id; a reopen makes them visible. */
  void add(List<Document> documents) throws IOException {
    Span span = tracer.spanBuilder("lucene.index").setAttribute("documents", documents.size()).startSpan();
    try (Scope current = span.makeCurrent()) {
      for (Document document : documents) {
        writer.updateDocument(new Term("id", document.id()), luceneDocument(document));
      }
    } finally {
      span.end();
    }
  }

  /** Makes what was added visible to searches: writes a segment and maps its files. Returns true where it was new. */
  boolean reopen() throws IOException {
    Span span = tracer.spanBuilder("lucene.reopen").startSpan();
    try (Scope current = span.makeCurrent()) {
      int before = segments();
      boolean isCurrent = searchers.isSearcherCurrent();
      searchers.maybeRefreshBlocking();
      span.setAttribute("segments.before", before).setAttribute("segments.after", segments());
      return !isCurrent;
    } finally {
      span.end();
    }
  }

  /** Merges down to so many segments and commits; the merging itself is done on Lucene's merge threads. */
  void merge(int segments) throws IOException {
    Span span = tracer.spanBuilder("lucene.merge").setAttribute("segments.max", segments).startSpan();
    try (Scope current = span.makeCurrent()) {
      writer.forceMerge(segments);
      writer.commit();
    } finally {
      span.end();
    }
  }

  /** Searches titles and bodies in Lucene's query syntax. */
  Result search(String text, int limit) throws IOException, ParseException {
    Span span = tracer.spanBuilder("lucene.search").setAttribute("query", text).startSpan();
    IndexSearcher searcher = searchers.acquire();
    try (Scope current = span.makeCurrent()) {
      TopDocs found = searcher.search(new QueryParser("body", analyzer).parse(text), limit);
      List<String> titles = new ArrayList<>();
      var storedFields = searcher.storedFields();
      for (ScoreDoc hit : found.scoreDocs) {
        titles.add(storedFields.document(hit.doc).get("title"));
      }
      span.setAttribute("total", found.totalHits.value);
      return new Result(found.totalHits.value, titles);
    } finally {
      searchers.release(searcher);
      span.end();
    }
  }

  /** Documents visible to searches. */
  int documents() throws IOException {
    return reader(DirectoryReader::numDocs);
  }

  /** Segments visible to searches. */
  int segments() throws IOException {
    return reader(reader -> reader.leaves().size());
  }

  /** The largest file of the index. */
  Path largestFile() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files
          .filter(Files::isRegularFile)
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow(() -> new IOException(path + " has no files"));
    }
  }

  @Override
  public void close() throws IOException {
    searchers.close();
    writer.close();
    directory.close();
  }

  private int reader(ToIntFunction<DirectoryReader> value) throws IOException {
    IndexSearcher searcher = searchers.acquire();
    try {
      return value.applyAsInt((DirectoryReader) searcher.getIndexReader());
    } finally {
      searchers.release(searcher);
    }
  }

  private static org.apache.lucene.document.Document luceneDocument(Document document) {
    var fields = new org.apache.lucene.document.Document();
    fields.add(new StringField("id", document.id(), Store.YES));
    fields.add(new TextField("title", document.title(), Store.YES));
    fields.add(new SortedDocValuesField("title", new BytesRef(document.title())));
    fields.add(new TextField("body", document.body(), Store.YES));
    return fields;
  }
}
