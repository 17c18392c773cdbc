package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Owner;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A mapping as {@code /proc/self/maps} gives it, made by nobody knows whom.
 *
 * @param start first byte
 * @param end byte after the last
 * @param content what is there
 * @param deleted true where the file has no name any more
 */
record Truth(long start, long end, Content content, boolean deleted) {

  /** The list as mappings: VMAs that mprotect has split are one, what is not user memory is left out. */
  static List<Truth> of(List<MapsLine> lines, FileOwners owners, LongSupplier ids) {
    Map<Owner, Mapping.Creator> creators = new EnumMap<>(Owner.class);
    for (Owner owner : Owner.values()) {
      creators.put(owner, new Mapping.Creator(owner, CallSite.UNKNOWN, -1, null, null, 0));
    }
    List<Truth> result = new ArrayList<>(lines.size());
    MapsLine previous = null;
    for (MapsLine line : lines) {
      if (line.start() < 0) {
        continue; // [vsyscall], in the kernel's half of the address space
      }
      boolean continued = previous != null && previous.continuedBy(line);
      Truth last = continued ? result.get(result.size() - 1) : null;
      if (last != null) {
        result.set(result.size() - 1, new Truth(last.start, line.end(), last.content, last.deleted));
      } else {
        result.add(
            new Truth(line.start(), line.end(), content(line, owners, creators, ids.getAsLong()), line.deleted()));
      }
      previous = line;
    }
    return result;
  }

  private static Content content(
      MapsLine line, FileOwners owners, Map<Owner, Mapping.Creator> creators, long id) {
    if (line.file() == null) {
      return Content.anonymous(id, creators.get(Owner.JVM));
    }
    Mapping.Creator creator = creators.get(owners.ownerOf(line.path() == null ? line.name() : line.path()));
    return Content.ofFile(id, line.file(), line.path(), creator, line.distance(), -1);
  }

  /**
   * True where the ledger says the same: no file, or the same file at the same offset.
   *
   * <p>On overlayfs and btrfs the device of a file that was opened and the device of its mapping differ; there the path
   * decides, but never for a deleted file, whose path may be another file's by now. Where the ledger knows only that a
   * file was mapped, the offset decides.
   */
  boolean confirms(Content other) {
    if (other.anonymous() || content.anonymous()) {
      return other.anonymous() && content.anonymous();
    }
    if (other.distance() != content.distance()) {
      return false;
    }
    if (other.file() == null && other.path() == null || content.file().equals(other.file())) {
      return true;
    }
    boolean otherDevice =
        other.file() == null
            || other.file().deviceMajor() != content.file().deviceMajor()
            || other.file().deviceMinor() != content.file().deviceMinor();
    return otherDevice && !deleted && other.path() != null && other.path().equals(content.path());
  }
}
