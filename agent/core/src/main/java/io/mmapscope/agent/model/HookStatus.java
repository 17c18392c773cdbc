package io.mmapscope.agent.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One logical event and the way its hook was attached.
 *
 * @param event the logical event, e.g. {@code mmap}
 * @param inner a function of the kernel's within other events, e.g. {@code do_mmap}: it adds to what they tell, and its
 *     absence takes nothing away
 * @param way the way taken, e.g. {@code tracepoint}, or null where none could be
 * @param target what it is attached to, e.g. {@code syscalls/sys_enter_mmap}, or null
 * @param refusals the ways preferred to this one, or all ways, and why each was not taken; empty when none was
 * @param notTried the ways after the one taken
 */
public record HookStatus(
    String event, boolean inner, String way, String target, List<Refusal> refusals, List<String> notTried) {

  /**
   * A way that was not taken.
   *
   * @param way e.g. {@code fexit}
   * @param target what it would have been attached to
   * @param reason call, errno and what it means
   * @param log the last lines of the verifier's log where it rejected a program, else empty
   */
  public record Refusal(String way, String target, String reason, List<String> log) {}

  public boolean attached() {
    return way != null;
  }

  /** All refusals in one line, e.g. {@code fexit, tp_btf: bpf(2) EPERM; kprobe: this kernel has none}. */
  public String reason() {
    Map<String, String> waysOf = new LinkedHashMap<>();
    for (Refusal refusal : refusals) {
      String ways = waysOf.get(refusal.reason());
      waysOf.put(refusal.reason(), ways == null ? refusal.way() : ways + ", " + refusal.way());
    }
    StringBuilder text = new StringBuilder();
    waysOf.forEach((reason, ways) -> text.append(text.length() == 0 ? "" : "; ").append(ways).append(": ").append(reason));
    return text.toString();
  }
}
