package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.HookCatalogue.Attachment;
import io.mmapscope.agent.kernel.HookCatalogue.Point;
import io.mmapscope.agent.kernel.HookPlan.Choice;
import io.mmapscope.agent.kernel.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** Attaches what was loaded. One that cannot be attached takes no other down. */
final class HookAttacher implements AutoCloseable {

  private final Map<Point, Attacher> attachers = new EnumMap<>(Point.class);
  private final TracepointAttacher tracepoints;
  private final FunctionAttacher functions;
  private final PerfEvents events;
  private final Links links;

  HookAttacher(LibC libc, LibBpf bpf, PerfEvents events, Links links) {
    this.events = events;
    this.links = links;
    this.tracepoints = new TracepointAttacher(libc, events);
    this.functions = new FunctionAttacher(bpf, links);
    KprobeAttacher kprobes = new KprobeAttacher(events);
    attachers.put(Point.FUNCTION, functions);
    attachers.put(Point.KPROBE, kprobes);
    attachers.put(Point.KRETPROBE, kprobes);
    attachers.put(Point.TRACEPOINT, tracepoints);
    attachers.put(Point.RAW_TRACEPOINT, new RawTracepointAttacher(links));
    attachers.put(Point.THREADS, new ThreadAttacher(libc, links));
  }

  /** Goes on, for each event, to the first way that is not left out and that this kernel seems to have. */
  void check(HookPlan plan, Set<WayKind> without) {
    for (Choice choice : plan.pending()) {
      while (choice.pending()) {
        String obstacle =
            without.contains(choice.way().kind()) ? "left out by " + LeftOut.PROPERTY : obstacle(choice);
        if (obstacle == null) {
          break;
        }
        choice.refuse(obstacle);
      }
    }
  }

  private String obstacle(Choice choice) {
    try {
      for (Attachment attachment : choice.way().attachments()) {
        attachers.get(attachment.point()).check(attachment);
      }
      return null;
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  /**
   * Attaches each event's way, or refuses it.
   *
   * @param state {@code struct mms_state}
   */
  void attach(HookPlan plan, BpfObject object, ByteBuffer state) {
    for (Choice choice : plan.pending()) {
      int eventsBefore = events.count();
      int linksBefore = links.count();
      try {
        for (Attachment attachment : choice.way().attachments()) {
          int program = object.programDescriptor(attachment.program());
          attachers.get(attachment.point()).attach(program, attachment);
        }
        if (choice.way().shared()) {
          int hooks = state.getInt(Wire.State.RAW_HOOKS);
          state.putInt(Wire.State.RAW_HOOKS, hooks | 1 << choice.index());
        }
        choice.attached();
      } catch (IOException | BpfException e) {
        events.detachFrom(eventsBefore);
        links.detachFrom(linksBefore);
        choice.refuse(e.getMessage());
      }
    }
  }

  /** Closes what was only needed for attaching. */
  @Override
  public void close() {
    tracepoints.close();
    functions.close();
  }
}
