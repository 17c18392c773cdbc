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
    return checked(libc, libc.mmap(0, length, protection, LibC.MAP_SHARED, fd, offset), length);
  }

  /**
   * Maps a map from its beginning on, readable and writable, in place of what is there.
   *
   * @param at where, or 0 for anywhere
   */
  static MappedMap mapAt(LibC libc, long at, int fd, long length) throws BpfException {
    int flags = at == 0 ? LibC.MAP_SHARED : LibC.MAP_SHARED | LibC.MAP_FIXED;
    return checked(libc, libc.mmap(at, length, LibC.PROT_READ | LibC.PROT_WRITE, flags, fd, 0), length);
  }

  private static MappedMap checked(LibC libc, long address, long length) throws BpfException {
    if (address == LibC.MAP_FAILED) {
      throw new BpfException("mmap(2) of a BPF map", LibC.errno(), "");
    }
    return new MappedMap(libc, address, length);
  }

  ByteBuffer buffer() {
    return LibC.buffer(address, length);
  }

  /** Lets the map go and leaves plain memory at its addresses, for those who may still write there. */
  void replaceByMemory() {
    libc.mmap(
        address,
        length,
        LibC.PROT_READ | LibC.PROT_WRITE,
        LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS | LibC.MAP_FIXED,
        -1,
        0);
  }

  /** After this, whoever still reads its buffer crashes the JVM. */
  void unmap() {
    libc.munmap(address, length);
  }
}
