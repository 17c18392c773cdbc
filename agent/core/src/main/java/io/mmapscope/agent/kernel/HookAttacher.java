package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.HookCatalogue.Attachment;
import io.mmapscope.agent.kernel.HookCatalogue.Hook;
import io.mmapscope.agent.kernel.HookCatalogue.Way;
import io.mmapscope.agent.model.HookStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Attaches each event of the catalogue by the first of its ways that this kernel takes. */
final class HookAttacher {

  private final LibBpf bpf;
  private final BpfObject object;
  private final PerfEvents events;

  HookAttacher(LibBpf bpf, BpfObject object, PerfEvents events) {
    this.bpf = bpf;
    this.object = object;
    this.events = events;
  }

  /**
   * Attaches all that can be.
   *
   * @param refused why an event's programs are not loaded, by event
   * @return one status an event; one that cannot be attached takes no other down
   */
  List<HookStatus> attach(LibC libc, Map<String, String> refused) {
    List<HookStatus> statuses = new ArrayList<>();
    try (Tracefs tracefs = Tracefs.open(libc)) {
      for (Hook hook : HookCatalogue.HOOKS) {
        String reason = refused.get(hook.event());
        statuses.add(reason == null ? attach(tracefs, hook) : absent(hook, reason));
      }
    } catch (IOException noTracefs) {
      HookCatalogue.HOOKS.forEach(hook -> statuses.add(absent(hook, noTracefs.getMessage())));
    }
    return statuses;
  }

  private static HookStatus absent(Hook hook, String reason) {
    return new HookStatus(hook.event(), null, null, reason);
  }

  private HookStatus attach(Tracefs tracefs, Hook hook) {
    List<String> reasons = new ArrayList<>();
    for (Way way : hook.ways()) {
      int before = events.count();
      try {
        for (Attachment attachment : way.attachments()) {
          int program = bpf.bpf_program__fd(object.program(attachment.program()));
          events.attachTracepoint(program, tracefs.id(attachment.target()));
        }
        return new HookStatus(hook.event(), way.kind(), way.target(), String.join("; ", reasons));
      } catch (IOException | BpfException e) {
        events.detachFrom(before);
        reasons.add(way.kind() + ": " + e.getMessage());
      }
    }
    return absent(hook, String.join("; ", reasons));
  }
}
