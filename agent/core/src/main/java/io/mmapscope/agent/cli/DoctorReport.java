package io.mmapscope.agent.cli;

import io.mmapscope.agent.cli.KernelProbe.Attempt;
import io.mmapscope.agent.control.Json;
import io.mmapscope.agent.kernel.Machine;
import io.mmapscope.agent.model.HookStatus;
import io.mmapscope.agent.model.HookStatus.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code doctor} found, in text and in JSON with the same content. */
record DoctorReport(Machine machine, Attempt attempt, List<String> remedies) {

  static final int ALL_ATTACHED = 0;
  static final int SOME_MISSING = 1;
  static final int NO_BPF = 2;

  static DoctorReport of(Machine machine, Attempt attempt) {
    return new DoctorReport(machine, attempt, Remedies.of(machine, attempt));
  }

  int exitCode() {
    if (attempt.failure() != null || attached() == 0) {
      return NO_BPF;
    }
    return attached() == expected() ? ALL_ATTACHED : SOME_MISSING;
  }

  String text() {
    StringBuilder text = new StringBuilder();
    machine.facts().forEach((name, value) -> row(text, name, shown(value)));
    text.append('\n');
    HookStatus told = null;
    for (HookStatus hook : attempt.hooks()) {
      if (attempt.absent().contains(hook.event())) {
        row(text, hook.event(), "absent: this kernel has no such function");
        continue;
      }
      row(text, hook.event(), hook.attached() ? hook.way() + " " + hook.target() : "not attached");
      if (told != null && told.reason().equals(hook.reason()) && !hook.refusals().isEmpty()) {
        String ways = String.join(", ", hook.refusals().stream().map(Refusal::way).toList());
        row(text, "", "  not " + ways + ": as for " + told.event());
        continue;
      }
      told = hook;
      for (Refusal refusal : hook.refusals()) {
        row(text, "", "  not " + refusal.way() + " " + refusal.target() + ": " + refusal.reason());
        refusal.log().forEach(line -> row(text, "", "    | " + line));
      }
    }
    text.append(verdict()).append('\n');
    text.append("level ").append(level()).append('\n');
    for (String remedy : remedies) {
      text.append("\nremedy: ").append(remedy).append('\n');
    }
    return text.toString();
  }

  String json() {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("machine", machine.facts());
    report.put("hooks", hooks());
    report.put("failure", attempt.failure());
    report.put("verdict", verdict());
    report.put("level", attempt.level().tag());
    report.put("perf_failure", attempt.perfFailure());
    report.put("remedies", remedies);
    report.put("exit_code", exitCode());
    return Json.write(report);
  }

  private List<Object> hooks() {
    List<Object> hooks = new ArrayList<>();
    for (HookStatus status : attempt.hooks()) {
      Map<String, Object> hook = new LinkedHashMap<>();
      hook.put("event", status.event());
      hook.put("attached", status.attached());
      hook.put("way", status.way());
      hook.put("target", status.target());
      hook.put("inner", status.inner());
      hook.put("absent", attempt.absent().contains(status.event()));
      hook.put("not_taken", status.refusals().stream().map(DoctorReport::refusal).toList());
      hook.put("not_tried", status.notTried());
      hooks.add(hook);
    }
    return hooks;
  }

  private static Map<String, Object> refusal(Refusal refusal) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("way", refusal.way());
    map.put("target", refusal.target());
    map.put("reason", refusal.reason());
    map.put("verifier", refusal.log());
    return map;
  }

  private String verdict() {
    return attempt.failure() == null
        ? attached() + " of " + expected() + " hooks attach"
        : "no kernel events: " + attempt.failure();
  }

  private String level() {
    String failure = attempt.perfFailure();
    return attempt.level().tag() + ": " + attempt.level().text() + (failure == null ? "" : ", " + failure);
  }

  private long attached() {
    return attempt.hooks().stream().filter(HookStatus::attached).count();
  }

  /** All but the kernel's inner functions that are not attached: nothing is missing without them. */
  private long expected() {
    return attempt.hooks().stream().filter(hook -> hook.attached() || !hook.inner()).count();
  }

  private static void row(StringBuilder text, String name, String value) {
    text.append(String.format("%-26s %s%n", name, value));
  }

  private static String shown(Object value) {
    if (value instanceof List<?> list) {
      return list.isEmpty() ? "none" : String.join(" ", list.stream().map(String::valueOf).toList());
    }
    if (value instanceof Boolean yes) {
      return yes ? "yes" : "no";
    }
    return value == null ? "unknown" : value.toString();
  }
}
