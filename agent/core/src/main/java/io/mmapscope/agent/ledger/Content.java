package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.Mapping;
import java.util.Objects;

/**
 * What is at a range of addresses. It holds for any part of the range, because the file offset is kept as a distance
 * from the address: splitting a range copies nothing.
 *
 * @param id number of the call or line that made it; pieces of one mapping share it
 * @param anonymous true for memory without a file
 * @param file the file's identity, or null for anonymous memory or where the kernel could not be asked
 * @param path absolute path, or null
 * @param creator who made it
 * @param distance file offset minus address, bytes; 0 for anonymous memory
 * @param fileSize bytes of the file when it was mapped, or -1
 * @param faults page faults on it
 */
record Content(
    long id,
    boolean anonymous,
    FileIdentity file,
    String path,
    Mapping.Creator creator,
    long distance,
    long fileSize,
    MappingFaults faults) {

  static Content anonymous(long id, Mapping.Creator creator) {
    return new Content(id, true, null, null, creator, 0, -1, new MappingFaults());
  }

  static Content ofFile(
      long id, FileIdentity file, String path, Mapping.Creator creator, long distance, long fileSize) {
    return new Content(id, false, file, path, creator, distance, fileSize, new MappingFaults());
  }

  /** The same bytes of the file, {@code shift} bytes further up. */
  Content shifted(long shift) {
    return anonymous || shift == 0 ? this : new Content(id, false, file, path, creator, distance - shift, fileSize, faults);
  }

  /** The same file from another place in it, made by another caller. */
  Content remapped(long newId, Mapping.Creator newCreator, long newDistance) {
    return anonymous
        ? anonymous(newId, newCreator)
        : ofFile(newId, file, path, newCreator, newDistance, fileSize);
  }

  /** The same mapping, with what the kernel's list knows of its file and this does not. */
  Content identified(FileIdentity knownFile, String knownPath) {
    String shown = path != null ? path : knownPath;
    return new Content(id, anonymous, knownFile, shown, creator, distance, fileSize, faults);
  }

  /** The same, made by another. */
  Content madeBy(Mapping.Creator other) {
    return new Content(id, anonymous, file, path, other, distance, -1, faults);
  }

  /** True where both may be the same bytes of the same file, or are both without a file. */
  boolean agrees(Content other) {
    if (anonymous || other.anonymous) {
      return anonymous && other.anonymous;
    }
    boolean sameFile = file == null || other.file == null || file.equals(other.file);
    return distance == other.distance && (sameFile || path != null && path.equals(other.path));
  }

  long fileOffset(long address) {
    return anonymous ? 0 : address + distance;
  }

  /** True where two adjacent ranges with these contents are one piece. */
  boolean continues(Content other) {
    return this == other
        || other != null
            && id == other.id
            && anonymous == other.anonymous
            && distance == other.distance
            && creator == other.creator
            && Objects.equals(file, other.file)
            && Objects.equals(path, other.path);
  }

  Mapping mapping(long start, long end) {
    return new Mapping(start, end, fileOffset(start), file, path, creator, fileSize);
  }
}
