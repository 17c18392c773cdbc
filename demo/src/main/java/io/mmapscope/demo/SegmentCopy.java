package io.mmapscope.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A copy of an index file, mapped shared and writable, whose pages a native call rearranges. A copy, because Lucene's
 * own files must not change under it. For one thread; closing it unmaps and deletes the copy.
 */
final class SegmentCopy implements AutoCloseable {

  private final Path file;
  private final MappedByteBuffer buffer;

  private SegmentCopy(Path file, MappedByteBuffer buffer) {
    this.file = file;
    this.buffer = buffer;
  }

  /** Copies a file into a directory and maps the copy. */
  static SegmentCopy of(Path original, Path directory) throws IOException {
    Path file = Files.createDirectories(directory).resolve(original.getFileName());
    Files.copy(original, file, StandardCopyOption.REPLACE_EXISTING);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new SegmentCopy(file, channel.map(MapMode.READ_WRITE, 0, channel.size()));
    }
  }

  Path file() {
    return file;
  }

  long lengthBytes() {
    return buffer.capacity();
  }

  /**
   * Shows the file's last whole page at the mapping's first.
   *
   * @return true where the mapping's first page has that content now
   * @throws IOException where the file is shorter than two pages or the kernel refuses
   */
  boolean showLastPageFirst() throws IOException {
    int pageBytes = NativeFiles.pageBytes();
    int lastPage = buffer.capacity() / pageBytes - 1;
    if (lastPage < 1) {
      throw new IOException(file + " is shorter than two pages: index more documents first");
    }
    ByteBuffer expected = copyOf(lastPage * pageBytes, pageBytes);
    NativeFiles.remapFilePages(buffer, 0, pageBytes, lastPage);
    return copyOf(0, pageBytes).equals(expected);
  }

  @Override
  public void close() throws IOException {
    Unmap.now(buffer);
    Files.delete(file);
  }

  private ByteBuffer copyOf(int offset, int length) {
    return ByteBuffer.allocate(length).put(buffer.slice(offset, length)).flip();
  }
}
