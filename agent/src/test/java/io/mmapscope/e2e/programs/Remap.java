package io.mmapscope.e2e.programs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Rearranges a mapped file with remap_file_pages, then makes each of its errors. Argument: a data file.
 *
 * <p>Prints {@code call NAME LINE ADDRESS SIZE PROT PGOFF ERRNO} of each call, {@code creator FUNCTION LINE} of the
 * shared mapping, and at the end the file's lines of {@code /proc/self/maps}.
 */
public final class Remap {

  private static final int PAGE = 4096;

  private Remap() {}

  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[0]);
    MappedByteBuffer shared;
    MappedByteBuffer copy;
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      channel.write(pages());
      Here here = Here.now(); shared = channel.map(MapMode.READ_WRITE, 0, 16 * PAGE);
      System.out.println("creator " + here.function() + ' ' + here.line());
      copy = channel.map(MapMode.PRIVATE, 0, 4 * PAGE);
    }
    long address = Buffers.addressOf(shared);
    long unmapped = Libc.mmap(0, PAGE, Libc.PROT_READ, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
    Libc.munmap(unmapped, PAGE);
    Here here = Here.now(); int result = remap(address + 4 * PAGE, 2 * PAGE, 0, 2);
    report("valid", here, address + 4 * PAGE, 2 * PAGE, 0, 2, result);
    if (shared.get(4 * PAGE) != 2 || shared.get(5 * PAGE) != 3) {
      throw new IllegalStateException("not remapped");
    }
    here = Here.now(); result = remap(address, PAGE, Libc.PROT_READ, 1);
    report("prot", here, address, PAGE, Libc.PROT_READ, 1, result);
    here = Here.now(); result = remap(Buffers.addressOf(copy), PAGE, 0, 1);
    report("private", here, Buffers.addressOf(copy), PAGE, 0, 1, result);
    here = Here.now(); result = remap(unmapped, PAGE, 0, 1);
    report("unmapped", here, unmapped, PAGE, 0, 1, result);
    here = Here.now(); result = remap(address, 0, 0, 1);
    report("size", here, address, 0, 0, 1, result);
    printMaps(file);
    // Both are still mapped here: the agent's last word on them must be the kernel's.
    System.out.println("kept " + shared.get(0) + copy.get(0));
  }

  /** The method to name in the setting {@code operations}. */
  static int remap(long address, long size, int prot, long pgoff) {
    return Libc.remap_file_pages(address, size, prot, pgoff, 0);
  }

  private static void report(String name, Here here, long address, long size, int prot, long pgoff, int result) {
    int errno = result == 0 ? 0 : Libc.errno();
    System.out.println(
        "call " + name + ' ' + here.line() + ' ' + address + ' ' + size + ' ' + prot + ' ' + pgoff + ' ' + errno);
  }

  /** Sixteen pages, each filled with its number. */
  private static ByteBuffer pages() {
    ByteBuffer pages = ByteBuffer.allocate(16 * PAGE);
    while (pages.hasRemaining()) {
      pages.put((byte) (pages.position() / PAGE));
    }
    return pages.flip();
  }

  private static void printMaps(Path file) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      if (line.endsWith(file.toString())) {
        System.out.println("maps " + line);
      }
    }
  }
}
