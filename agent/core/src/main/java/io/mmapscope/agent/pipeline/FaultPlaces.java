package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.FaultPlace;
import io.mmapscope.agent.model.FileExtension;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Memory;
import io.mmapscope.agent.model.Owner;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Interns the places of page faults: creator's call site, owner, kind of memory, kind of file. Bounded, because a
 * program may name its files as it likes. Only for the agent's thread.
 */
final class FaultPlaces {

  private static final int MOST = 10_000;

  /** Where the mapping, or whose it is, is not certain. */
  static final FaultPlace UNKNOWN = new FaultPlace(0, CallSite.UNKNOWN, null, null, FileExtension.NONE);

  private record Key(int callSite, Owner owner, Memory memory, String extension) {

    /** Written out, as {@link #hashCode}: what the JVM makes for a record costs a start or an exit 15 ms. */
    @Override
    public boolean equals(Object other) {
      return other instanceof Key key
          && callSite == key.callSite
          && owner == key.owner
          && memory == key.memory
          && extension.equals(key.extension);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * callSite + extension.hashCode()) + 31 * owner.hashCode() + Objects.hashCode(memory);
    }
  }

  private final Map<Key, FaultPlace> places = new HashMap<>();

  /** @param owner the mapping's, or the agent where its own thread touched it */
  FaultPlace of(Mapping mapping, Owner owner, Memory memory) {
    CallSite site = mapping.creator().callSite();
    Key key = new Key(site.id(), owner, memory, FileExtension.of(mapping.path()));
    if (places.size() >= MOST && !places.containsKey(key)) {
      // There are as many of these as the program has lines that map.
      key = new Key(site.id(), owner, memory, FileExtension.OTHER);
    }
    return places.computeIfAbsent(
        key, each -> new FaultPlace(places.size() + 1, site, owner, memory, each.extension));
  }
}
