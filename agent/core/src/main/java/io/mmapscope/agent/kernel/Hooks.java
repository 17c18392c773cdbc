package io.mmapscope.agent.kernel;

import io.mmapscope.agent.model.HookStatus;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The programs, each event's loaded and attached by the first of its ways that this kernel takes. Not safe for several
 * threads.
 *
 * <p>All events' first ways are loaded as one object. Where some are refused then, at loading or at attaching, their next
 * ways are loaded as another that uses the maps of the first, and so on.
 */
final class Hooks implements AutoCloseable {

  private final HookPlan plan = new HookPlan(HookCatalogue.HOOKS);
  private final BpfLoader loader;
  private final Set<WayKind> without;
  private final PerfEvents events;
  private final Links links;
  private final List<BpfObject> objects = new ArrayList<>();
  private final HookAttacher attacher;

  /** @param without the ways to leave out */
  Hooks(LibC libc, LibBpf bpf, byte[] file, PidNamespace process, Set<WayKind> without) {
    this.without = without;
    this.loader = new BpfLoader(bpf, file, process, HookCatalogue.HOOKS);
    this.events = new PerfEvents(libc, bpf);
    this.links = new Links(libc, bpf);
    this.attacher = new HookAttacher(libc, bpf, events, links);
  }

  /**
   * Loads the first object, whose maps all others use.
   *
   * @throws BpfException where the maps cannot be made or the privileges are missing
   * @throws KernelUnavailableException where there is no way for any event
   */
  BpfObject load() throws BpfException, KernelUnavailableException {
    BpfObject object = next(null);
    if (object == null) {
      throw KernelUnavailableException.none(plan.statuses());
    }
    events.keepIn(object.mapDescriptor("mms_events"));
    return object;
  }

  /** The next object, or null where there is none to be had any more. */
  private BpfObject next(BpfObject first) throws BpfException {
    while (true) {
      attacher.check(plan, without);
      if (plan.pending().isEmpty()) {
        return null;
      }
      BpfObject object = loader.load(plan, first);
      if (object != null) {
        objects.add(object);
        return object;
      }
    }
  }

  /**
   * Attaches all that can be, after {@link #load}.
   *
   * @param state {@code struct mms_state}
   */
  List<HookStatus> attach(ByteBuffer state) {
    BpfObject first = objects.get(0);
    BpfObject object = first;
    while (object != null) {
      attacher.attach(plan, object, state);
      try {
        object = next(first);
      } catch (BpfException e) {
        // Nothing more can be loaded; what is attached stays.
        refused(e);
        object = null;
      }
    }
    links.handOver();
    attacher.close();
    return plan.statuses();
  }

  /** Gives all up that is not attached, because of a failure that concerns all. */
  List<HookStatus> refused(BpfException failure) {
    plan.refusePending(failure.getMessage());
    return plan.statuses();
  }

  /** Takes the programs off. */
  void detach() {
    events.detachFrom(0);
    links.detach();
  }

  /** Takes the programs off and closes their and the maps' descriptors. */
  @Override
  public void close() {
    attacher.close();
    detach();
    for (BpfObject object : objects) {
      object.close();
    }
    objects.clear();
  }
}
