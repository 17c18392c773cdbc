package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.FaultPlace;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Memory;
import io.mmapscope.agent.model.Owner;
import java.util.HashMap;
import java.util.Map;

/**
 * Interns the places of page faults: creator's call site, owner, kind of memory, kind of file. Bounded, because a
 * program may name its files as it likes. Only for the agent's thread.
 */
final class FaultPlaces {

  private static final int MOST = 10_000;
  private static final int LONGEST_EXTENSION = 10;

  /** Where the mapping, or whose it is, is not certain. */
  static final FaultPlace UNKNOWN = new FaultPlace(0, CallSite.UNKNOWN, null, null, null);

  private record Key(int callSite, Owner owner, Memory memory, String extension) {}

  private final Map<Key, FaultPlace> places = new HashMap<>();

  /** @param owner the mapping's, or the agent where its own thread touched it */
  FaultPlace of(Mapping mapping, Owner owner, Memory memory) {
    CallSite site = mapping.creator().callSite();
    Key key = new Key(site.id(), owner, memory, extension(mapping.path()));
    FaultPlace place = places.get(key);
    if (place == null) {
      if (places.size() >= MOST) {
        return withoutFile(site, owner, memory);
      }
      place = new FaultPlace(places.size() + 1, site, owner, memory, mapping.path());
      places.put(key, place);
    }
    return place;
  }

  /** There are as many of these as the program has lines that map. */
  private FaultPlace withoutFile(CallSite site, Owner owner, Memory memory) {
    return places.computeIfAbsent(
        new Key(site.id(), owner, memory, null),
        key -> new FaultPlace(places.size() + 1, site, owner, memory, null));
  }

  /** What is behind the last dot where it looks like a kind of file, and not like a number or a random name. */
  private static String extension(String path) {
    if (path == null) {
      return null;
    }
    int dot = path.lastIndexOf('.');
    boolean some = dot > path.lastIndexOf('/') + 1 && path.length() - dot - 1 <= LONGEST_EXTENSION;
    return some && dot + 1 < path.length() && Character.isLetter(path.charAt(dot + 1)) ? path.substring(dot + 1) : "";
  }
}
