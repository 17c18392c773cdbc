package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.HookCatalogue.Attachment;
import io.mmapscope.agent.kernel.HookCatalogue.Hook;
import io.mmapscope.agent.kernel.HookCatalogue.Way;
import io.mmapscope.agent.model.HookStatus;
import io.mmapscope.agent.model.HookStatus.Refusal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which way of each event is to be tried next, and why those before it were not taken. Not safe for several threads. It
 * works before {@code main}, so here and in what uses it there are plain loops: the first lambda costs milliseconds.
 */
final class HookPlan {

  private final List<Choice> choices = new ArrayList<>();

  HookPlan(List<Hook> hooks) {
    for (Hook hook : hooks) {
      choices.add(new Choice(choices.size(), hook));
    }
  }

  /** One event. */
  static final class Choice {

    private final int index;
    private final Hook hook;
    private final List<Refusal> refusals = new ArrayList<>();
    private boolean attached;

    private Choice(int index, Hook hook) {
      this.index = index;
      this.hook = hook;
    }

    /** Its number in {@code enum mms_hook}. */
    int index() {
      return index;
    }

    /** The way to be tried or taken, or null where all were refused. */
    Way way() {
      return refusals.size() < hook.ways().size() ? hook.ways().get(refusals.size()) : null;
    }

    boolean pending() {
      return !attached && way() != null;
    }

    void refuse(String reason) {
      refuse(reason, List.of());
    }

    void refuse(String reason, List<String> log) {
      refusals.add(new Refusal(way().kind().label(), way().target(), reason, log));
    }

    void attached() {
      attached = true;
    }

    Set<String> programs() {
      Set<String> programs = new HashSet<>();
      for (Attachment attachment : way().attachments()) {
        programs.add(attachment.program());
      }
      return programs;
    }

    HookStatus status() {
      Way way = attached ? way() : null;
      return new HookStatus(
          hook.event(),
          hook.inner(),
          way == null ? null : way.kind().label(),
          way == null ? null : way.target(),
          List.copyOf(refusals),
          notTried());
    }

    private List<String> notTried() {
      List<String> labels = new ArrayList<>();
      for (int i = refusals.size() + 1; i < hook.ways().size(); i++) {
        labels.add(hook.ways().get(i).kind().label());
      }
      return labels;
    }
  }

  /** Events that are not attached and have a way left. */
  List<Choice> pending() {
    List<Choice> pending = new ArrayList<>();
    for (Choice choice : choices) {
      if (choice.pending()) {
        pending.add(choice);
      }
    }
    return pending;
  }

  /** Gives up on what is pending. */
  void refusePending(String reason) {
    for (Choice choice : choices) {
      while (choice.pending()) {
        choice.refuse(reason);
      }
    }
  }

  List<HookStatus> statuses() {
    List<HookStatus> statuses = new ArrayList<>();
    for (Choice choice : choices) {
      statuses.add(choice.status());
    }
    return List.copyOf(statuses);
  }

  /** The programs of all events in all ways. */
  static Set<String> programs(List<Hook> hooks) {
    Set<String> programs = new HashSet<>();
    for (Hook hook : hooks) {
      for (Way way : hook.ways()) {
        for (Attachment attachment : way.attachments()) {
          programs.add(attachment.program());
        }
      }
    }
    return programs;
  }
}
