package io.mmapscope.agent.kernel;

import java.nio.ByteBuffer;

/**
 * Pages of a BPF map in this process. They stay valid when the map's descriptor is closed.
 *
 * @param address first byte
 * @param length bytes
 */
record MappedMap(LibC libc, long address, long length) {

  /**
   * Maps a part of a map.
   *
   * @param fd the map's descriptor
   * @param offset bytes, a multiple of the page size
   * @param length bytes; the rest of the last page is mapped, too
   */
  static MappedMap map(LibC libc, int fd, long offset, long length, boolean writable) throws BpfException {
    int protection = writable ? LibC.PROT_READ | LibC.PROT_WRITE : LibC.PROT_READ;
    long address = libc.mmap(length, protection, fd, offset);
    if (address == LibC.MAP_FAILED) {
      throw new BpfException("mmap(2) of a BPF map", LibC.errno(), "");
    }
    return new MappedMap(libc, address, length);
  }

  ByteBuffer buffer() {
    return LibC.buffer(address, length);
  }

  /** After this, whoever still reads its buffer crashes the JVM. */
  void unmap() {
    libc.munmap(address, length);
  }
}
