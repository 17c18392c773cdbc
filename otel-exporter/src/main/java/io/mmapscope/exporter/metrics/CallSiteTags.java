package io.mmapscope.exporter.metrics;

import io.mmapscope.agent.model.CallSite;
import java.util.HashSet;
import java.util.Set;

/**
 * Values of the tag {@code code.function.name}. The first {@code callsites.max} functions keep their names and all
 * later ones share {@value #OTHER}, so that the number of time series is bounded. Safe for any thread.
 */
final class CallSiteTags {

  /** For the functions beyond the limit. */
  static final String OTHER = "other";

  /** Where no application frame is known. */
  static final String UNKNOWN = "unknown";

  private final int most;
  private final Set<String> named = new HashSet<>();

  CallSiteTags(int most) {
    this.most = most;
  }

  synchronized String of(CallSite site) {
    if (!site.known()) {
      return UNKNOWN;
    }
    String name = site.functionName();
    if (named.contains(name)) {
      return name;
    }
    if (named.size() >= most) {
      return OTHER;
    }
    named.add(name);
    return name;
  }
}
