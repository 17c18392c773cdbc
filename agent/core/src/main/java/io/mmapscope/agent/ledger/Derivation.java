package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.Mapping;

/**
 * How what a call made follows from what it found: mremap carries a mapping to another place, remap_file_pages maps
 * its file again. Kept, so that what was found can become known later than what was made of it.
 *
 * @param found when the call looked
 * @param made when its result was there
 * @param shift new address minus old address, bytes
 * @param destStart first byte of a result made from one page alone; 0 with {@code destEnd} 0: each byte found gives
 *     the byte {@code shift} further up
 * @param destEnd byte after its last
 * @param remapped content for remap_file_pages, complete but for a file it may not know; null: keep what was found
 * @param unknown content of the result while nothing is known of the source; null for none
 */
record Derivation(
    Stamp found, Stamp made, long shift, long destStart, long destEnd, Content remapped, Content unknown) {

  /** Each byte of the source moves by {@code shift}; since Linux 6.17 the source may have holes, which do not move. */
  static Derivation move(Stamp found, Stamp made, long shift) {
    return new Derivation(found, made, shift, 0, 0, null, null);
  }

  /** What is at the source page, continued over the whole result. */
  static Derivation stretch(Stamp found, Stamp made, long shift, long destStart, long destEnd, Content unknown) {
    return new Derivation(found, made, shift, destStart, destEnd, null, unknown);
  }

  /** The source page's file over the whole result, from the offset that {@code remapped} has. */
  static Derivation remap(Stamp found, Stamp made, long destStart, long destEnd, Content remapped) {
    return new Derivation(found, made, 0, destStart, destEnd, remapped, remapped);
  }

  long resultStart(long sourceStart) {
    return destEnd == 0 ? sourceStart + shift : destStart;
  }

  long resultEnd(long sourceEnd) {
    return destEnd == 0 ? sourceEnd + shift : destEnd;
  }

  /** The result's content, given the source's or null; null where there is no result. */
  Content result(Content source) {
    if (source == null) {
      return unknown;
    }
    if (remapped == null) {
      return source.shifted(shift);
    }
    boolean otherFile = remapped.file() != null && source.file() != null && !remapped.file().equals(source.file());
    if (otherFile) {
      return remapped; // the kernel named the file at the call's exit: the source's path is not its path
    }
    Mapping.Creator creator = remapped.creator();
    Content result = source.remapped(remapped.id(), creator, remapped.distance());
    return remapped.file() == null || result.anonymous() ? result : result.identified(remapped.file(), remapped.path());
  }
}
