package io.mmapscope.demo;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A log of the searches, written through mapped memory as brokers and databases write theirs: a line is a copy into
 * memory, {@link #force} makes it durable, a full file is followed by the next. Safe for any thread.
 */
final class QueryLog implements AutoCloseable {

  /** Bytes of one file: small, so that the files follow one another even in a short run. */
  private static final int FILE_BYTES = 8 * 1024;

  private final Path directory;
  private int files;
  private MappedByteBuffer buffer;

  QueryLog(Path directory) throws IOException {
    this.directory = directory;
    this.buffer = mapNextFile();
  }

  /** Appends a line; where it does not fit, the file is made durable and the next one started. */
  synchronized void append(String query, long total) throws IOException {
    byte[] line = (total + "\t" + query + "\n").getBytes(StandardCharsets.UTF_8);
    if (line.length > FILE_BYTES) {
      throw new IllegalArgumentException("the query is longer than " + FILE_BYTES + " bytes");
    }
    if (line.length > buffer.remaining()) {
      MappedByteBuffer full = buffer;
      buffer = mapNextFile();
      full.force();
      Unmap.now(full);
    }
    buffer.put(line);
  }

  /** Makes what was appended durable. */
  synchronized void force() {
    buffer.force();
  }

  @Override
  public synchronized void close() {
    buffer.force();
    Unmap.now(buffer);
  }

  private MappedByteBuffer mapNextFile() throws IOException {
    Path file = directory.resolve("queries-" + ++files + ".log");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.map(MapMode.READ_WRITE, 0, FILE_BYTES);
    }
  }
}
