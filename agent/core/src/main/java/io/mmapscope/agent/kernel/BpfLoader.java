package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.HookCatalogue.Attachment;
import io.mmapscope.agent.kernel.HookCatalogue.Hook;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Loads the object, if need be without the programs that this kernel refuses. libbpf loads all programs of an object or
 * none, so only when that fails is each event tried alone.
 */
final class BpfLoader {

  private final LibBpf bpf;
  private final byte[] file;
  private final PidNamespace process;
  private final Map<String, String> refused = new HashMap<>();

  BpfLoader(LibBpf bpf, byte[] file, PidNamespace process) {
    this.bpf = bpf;
    this.file = file;
    this.process = process;
    bpf.libbpf_set_print(null);
  }

  /** Why an event's programs were left out, by event. */
  Map<String, String> refused() {
    return refused;
  }

  /** @throws BpfException where nothing can be loaded at all */
  BpfObject load() throws BpfException {
    try {
      return load(Set.of());
    } catch (BpfException all) {
      if (all.errno() == Errno.EPERM) {
        throw all; // of privileges, which no other choice of programs changes
      }
      Set<String> out = new HashSet<>();
      for (Hook hook : HookCatalogue.HOOKS) {
        if (!loadsAlone(hook)) {
          out.addAll(programs(hook));
        }
      }
      if (refused.size() == HookCatalogue.HOOKS.size()) {
        throw new BpfException("bpf(2)", all.errno(), refused.get(HookCatalogue.HOOKS.get(0).event()));
      }
      return load(out);
    }
  }

  private BpfObject load(Set<String> out) throws BpfException {
    BpfObject object = BpfObject.open(bpf, file);
    boolean loaded = false;
    try {
      object.configure(process);
      object.leaveOut(out);
      object.load();
      loaded = true;
      return object;
    } finally {
      if (!loaded) {
        object.close();
      }
    }
  }

  private boolean loadsAlone(Hook hook) {
    Set<String> others = new HashSet<>();
    HookCatalogue.HOOKS.forEach(each -> others.addAll(programs(each)));
    others.removeAll(programs(hook));
    BpfLog log = new BpfLog();
    bpf.libbpf_set_print(log);
    try {
      load(others).close();
      return true;
    } catch (BpfException e) {
      refused.put(hook.event(), e.getMessage() + (log.reason().isEmpty() ? "" : ": " + log.reason()));
      return false;
    } finally {
      bpf.libbpf_set_print(null);
    }
  }

  private static Set<String> programs(Hook hook) {
    Set<String> programs = new HashSet<>();
    hook.ways().forEach(way -> way.attachments().stream().map(Attachment::program).forEach(programs::add));
    return programs;
  }
}
