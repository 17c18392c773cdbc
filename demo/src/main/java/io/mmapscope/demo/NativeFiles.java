package io.mmapscope.demo;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.MappedByteBuffer;

/**
 * What the JDK does not offer for mapped files, by way of the C library. The agent is told of these methods with
 * {@code operations=io.mmapscope.demo.NativeFiles#remap*}, so that a native call gets a Java call site.
 */
final class NativeFiles {

  /** The C library, as C spells it. */
  private interface LibC extends Library {
    LibC INSTANCE = Native.load("c", LibC.class);

    int remap_file_pages(Pointer addr, NativeLong size, int prot, NativeLong pgoff, int flags)
        throws LastErrorException;

    int getpagesize();
  }

  private NativeFiles() {}

  /** Bytes of a page of memory. */
  static int pageBytes() {
    return LibC.INSTANCE.getpagesize();
  }

  /**
   * Shows other pages of the file in a part of its mapping: remap_file_pages(2).
   *
   * @param buffer a mapping of a file in mode READ_WRITE
   * @param offsetBytes where in the buffer, a multiple of the page size
   * @param lengthBytes how much, a multiple of the page size
   * @param filePage the first page of the file to show there, counted in pages
   * @throws IOException where the kernel refuses; EINVAL for a range that is no shared mapping of a file
   */
  static void remapFilePages(MappedByteBuffer buffer, long offsetBytes, long lengthBytes, long filePage)
      throws IOException {
    Pointer start = Native.getDirectBufferPointer(buffer).share(offsetBytes);
    try {
      // prot must be 0: the pages keep the mapping's protection
      LibC.INSTANCE.remap_file_pages(start, new NativeLong(lengthBytes), 0, new NativeLong(filePage), 0);
    } catch (LastErrorException e) {
      throw new IOException("remap_file_pages: " + e.getMessage(), e);
    }
  }
}
