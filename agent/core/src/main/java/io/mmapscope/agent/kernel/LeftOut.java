package io.mmapscope.agent.kernel;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The ways that the user wants left out: a switch for tests and for finding faults, see docs/troubleshooting.md. */
final class LeftOut {

  /** Also an environment variable, in capitals and with underscores. */
  static final String PROPERTY = "mmapscope.hooks.without";

  /** {@link WayKind#TP_BTF} by the name that it has in books. */
  private static final String RAW_TRACEPOINT = "raw_tracepoint";

  private LeftOut() {}

  /** What the system property says, else the environment variable. Names that are no way's are ignored. */
  static Set<WayKind> ofProcess() {
    String names = System.getProperty(PROPERTY);
    if (names == null) {
      names = System.getenv(PROPERTY.toUpperCase(Locale.ROOT).replace('.', '_'));
    }
    return names == null ? EnumSet.noneOf(WayKind.class) : parse(names);
  }

  static Set<WayKind> parse(String names) {
    Set<WayKind> kinds = EnumSet.noneOf(WayKind.class);
    for (String each : names.split(",")) {
      String name = each.strip();
      for (WayKind kind : WayKind.values()) {
        if (kind.label().equals(name) || kind == WayKind.TP_BTF && name.equals(RAW_TRACEPOINT)) {
          kinds.add(kind);
        }
      }
    }
    return kinds;
  }
}
