package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.HookCatalogue.Hook;
import io.mmapscope.agent.kernel.HookPlan.Choice;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Loads the programs of the ways that a plan has reached. libbpf loads all programs of an object or none, so all are
 * tried at once, and only when that fails is each event tried alone, to find out whose way this kernel refuses.
 */
final class BpfLoader {

  private static final int LOG_LINES = 12;

  private final LibBpf bpf;
  private final byte[] file;
  private final PidNamespace process;
  private final List<Hook> hooks;

  BpfLoader(LibBpf bpf, byte[] file, PidNamespace process, List<Hook> hooks) {
    this.bpf = bpf;
    this.file = file;
    this.process = process;
    this.hooks = hooks;
    bpf.libbpf_set_print(null);
  }

  /**
   * Loads the next way of each event that is pending, and refuses those that this kernel does not take. An event whose
   * way was refused is not loaded by this call: the caller moves it on to its next way and calls again.
   *
   * @param first an object whose maps are to be used, or null to make them
   * @return the object, or null where no program was loaded
   * @throws BpfException where the maps cannot be made or the privileges are missing
   */
  BpfObject load(HookPlan plan, BpfObject first) throws BpfException {
    List<Choice> pending = plan.pending();
    if (pending.isEmpty()) {
      return null;
    }
    try {
      return load(programs(pending), first);
    } catch (BpfException all) {
      boolean notAllowed = all.errno() == Errno.EPERM && !anyOnFunctions(pending);
      if (notAllowed || all.errno() == Errno.ENOSYS) {
        throw all; // no other choice of programs changes that
      }
      boolean refused = false;
      for (Choice choice : pending) {
        refused |= !loadsAlone(choice, first);
      }
      if (!refused) {
        throw all;
      }
      return null;
    }
  }

  /** Some kernels refuse programs on functions to everybody. */
  private static boolean anyOnFunctions(List<Choice> choices) {
    for (Choice choice : choices) {
      if (choice.way().kind() == WayKind.FEXIT) {
        return true;
      }
    }
    return false;
  }

  private static Set<String> programs(List<Choice> choices) {
    Set<String> programs = new HashSet<>();
    for (Choice choice : choices) {
      programs.addAll(choice.programs());
    }
    return programs;
  }

  private BpfObject load(Set<String> programs, BpfObject first) throws BpfException {
    BpfObject object = BpfObject.open(bpf, file);
    boolean loaded = false;
    try {
      object.configure(process);
      Set<String> others = HookPlan.programs(hooks);
      others.removeAll(programs);
      object.leaveOut(others);
      if (first != null) {
        object.shareMapsOf(first);
      }
      object.load();
      loaded = true;
      return object;
    } finally {
      if (!loaded) {
        object.close();
      }
    }
  }

  private boolean loadsAlone(Choice choice, BpfObject first) {
    BpfLog log = new BpfLog();
    bpf.libbpf_set_print(log);
    try {
      load(choice.programs(), first).close();
      return true;
    } catch (BpfException e) {
      String reason = log.reason();
      choice.refuse(e.getMessage() + (reason.isEmpty() ? "" : ": " + reason), log.verifierTail(LOG_LINES));
      return false;
    } finally {
      bpf.libbpf_set_print(null);
    }
  }
}
