package io.mmapscope.agent.kernel;

import java.util.ArrayList;
import java.util.List;

/**
 * A set of Linux capabilities as {@code /proc/PID/status} gives it.
 *
 * @param bits bit n is capability n of {@code linux/capability.h}
 */
public record Capabilities(long bits) {

  /** Those that matter to BPF. */
  public enum Capability {
    /** Does all that the others do, and is all there is before Linux 5.8. */
    CAP_SYS_ADMIN(21),
    /** Raises RLIMIT_MEMLOCK, which bounds BPF maps before Linux 5.11. */
    CAP_SYS_RESOURCE(24),
    /** Attaches programs to tracepoints and probes. */
    CAP_PERFMON(38),
    /** Loads programs and makes maps. */
    CAP_BPF(39);

    private final int number;

    Capability(int number) {
      this.number = number;
    }
  }

  /** Reads the hexadecimal form of {@code CapEff:}. */
  public static Capabilities ofHex(String hex) {
    return new Capabilities(Long.parseUnsignedLong(hex, 16));
  }

  public boolean has(Capability capability) {
    return (bits >>> capability.number & 1) != 0;
  }

  /** Those of CAP_BPF and CAP_PERFMON that are not held, without the prefix; none where CAP_SYS_ADMIN is. */
  public List<String> missing() {
    List<String> missing = new ArrayList<>();
    for (Capability capability : List.of(Capability.CAP_BPF, Capability.CAP_PERFMON)) {
      if (!has(capability) && !has(Capability.CAP_SYS_ADMIN)) {
        missing.add(capability.name().substring("CAP_".length()));
      }
    }
    return missing;
  }

  /** Those held, of those that matter. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    for (Capability capability : Capability.values()) {
      if (has(capability)) {
        names.add(capability.name());
      }
    }
    return names;
  }
}
