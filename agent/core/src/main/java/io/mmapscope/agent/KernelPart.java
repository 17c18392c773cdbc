package io.mmapscope.agent;

import io.mmapscope.agent.config.Settings;
import io.mmapscope.agent.kernel.FaultCounter;
import io.mmapscope.agent.kernel.FaultRows;
import io.mmapscope.agent.kernel.Kernel;
import io.mmapscope.agent.kernel.KernelUnavailableException;
import io.mmapscope.agent.kernel.NativeAccess;
import io.mmapscope.agent.kernel.ProcessFaults;
import io.mmapscope.agent.model.FaultTotal;
import io.mmapscope.agent.model.HookCounts;
import io.mmapscope.agent.model.HookStatus;
import io.mmapscope.agent.kernel.RingReader;
import io.mmapscope.agent.model.Level;
import io.mmapscope.agent.pipeline.Faults;
import io.mmapscope.agent.pipeline.Pipeline;
import io.mmapscope.agent.pipeline.ThreadRegistry;
import java.lang.instrument.Instrumentation;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The kernel's side as the rest of the agent sees it: there, or not there and why. */
final class KernelPart {

  private final Kernel kernel;
  private final FaultCounter faultCounter;
  private final String summary;

  private KernelPart(Kernel kernel, FaultCounter faultCounter, String summary) {
    this.kernel = kernel;
    this.faultCounter = faultCounter;
    this.summary = summary;
  }

  /** Opens it where the settings, the kernel and the privileges allow. Never throws. */
  static KernelPart open(Settings settings, Instrumentation instrumentation) {
    if (settings.kernelOff()) {
      return new KernelPart(null, null, "no kernel events: switched off by kernel=off");
    }
    try {
      NativeAccess.enable(instrumentation);
      Kernel kernel = Kernel.open(MmapscopeGate.slotsAddress());
      kernel.sendFaultsFrom(settings.faultMinDuration());
      return new KernelPart(kernel, null, attached(kernel.hooks()));
    } catch (KernelUnavailableException unavailable) {
      return without(unavailable.getMessage());
    } catch (Throwable failure) {
      return without(failure.toString());
    }
  }

  /** As much as there is without BPF. */
  private static KernelPart without(String reason) {
    String text = "no kernel events: " + reason + " (java -jar mmapscope.jar doctor); level ";
    try {
      return new KernelPart(null, FaultCounter.open(), text + told(Level.PERF));
    } catch (KernelUnavailableException unavailable) {
      // One reason may be that of both, such as native code that cannot be loaded.
      String again = unavailable.getMessage().equals(reason) ? "" : ", " + unavailable.getMessage();
      return new KernelPart(null, null, text + told(Level.JAVA) + again);
    } catch (Throwable failure) {
      return new KernelPart(null, null, text + told(Level.JAVA) + ", " + failure);
    }
  }

  private static String told(Level level) {
    return level.tag() + ": " + level.text();
  }

  /**
   * {@code 11 of 12 hooks on Linux 6.18 (tracepoint 9, tp_btf 2)}. The kernel's inner functions count only where they are
   * attached: nothing is missing without them.
   */
  private static String attached(List<HookStatus> hooks) {
    Map<String, Integer> ways = new TreeMap<>();
    int attached = 0;
    int all = 0;
    for (HookStatus hook : hooks) {
      if (hook.attached()) {
        attached++;
        ways.merge(hook.way(), 1, Integer::sum);
      }
      if (hook.attached() || !hook.inner()) {
        all++;
      }
    }
    StringBuilder text = new StringBuilder();
    text.append(attached).append(" of ").append(all).append(" hooks on Linux ").append(release());
    String separator = " (";
    for (Map.Entry<String, Integer> way : ways.entrySet()) {
      text.append(separator).append(way.getKey()).append(' ').append(way.getValue());
      separator = ", ";
    }
    return text.append(ways.isEmpty() ? "" : ")").toString();
  }

  /** The kernel's release without what the distributor added: {@code 6.18}. */
  private static String release() {
    String version = System.getProperty("os.version", "");
    int dots = 0;
    int end = 0;
    for (; end < version.length(); end++) {
      char c = version.charAt(end);
      if (c == '.' && ++dots == 2 || c != '.' && !Character.isDigit(c)) {
        break;
      }
    }
    return version.substring(0, end);
  }

  boolean active() {
    return kernel != null;
  }

  Level level() {
    return kernel != null ? Level.FULL : faultCounter != null ? Level.PERF : Level.JAVA;
  }

  /** The page faults that perf events count: only their number is known. */
  List<FaultTotal> faultTotals() {
    return faultCounter == null ? List.of() : faultCounter.read();
  }

  /** Whether a logical event is seen. */
  boolean attached(String event) {
    return kernel != null && kernel.hooks().stream().anyMatch(hook -> hook.event().equals(event) && hook.attached());
  }

  String summary() {
    return summary;
  }

  /** Slots only make sense to a kernel that writes them: without one, no thread gets any. */
  ThreadRegistry threads() {
    return new ThreadRegistry(kernel == null ? null : kernel.threadSlots(), Kernel::gettid);
  }

  long slotsAddress() {
    return kernel == null ? 0 : kernel.slotsAddress();
  }

  Pipeline.Ring ring() {
    return kernel == null ? Pipeline.Ring.NONE : new KernelRing(kernel.ring());
  }

  private record KernelRing(RingReader reader) implements Pipeline.Ring {
    @Override
    public int drain(RingReader.Handler handler) {
      return reader.drain(handler);
    }

    @Override
    public boolean complete() {
      return reader.complete();
    }
  }

  Faults.Source faults() {
    return kernel == null ? Faults.Source.NONE : new KernelFaults(kernel);
  }

  private record KernelFaults(Kernel kernel) implements Faults.Source {
    @Override
    public int drain(FaultRows.Handler handler) {
      return kernel.faults().drain(handler);
    }

    @Override
    public boolean complete() {
      return kernel.faults().complete();
    }

    @Override
    public long[] counted() {
      return ProcessFaults.read();
    }

    @Override
    public boolean replacing() {
      return kernel.replacing();
    }
  }

  Collection<HookCounts> counts() {
    return kernel == null ? List.of() : kernel.hookCounts();
  }

  /** Slow page faults that have no span. */
  long slowFaultsRefused() {
    return kernel == null ? 0 : kernel.slowFaultsRefused();
  }

  /** Calls that the ledger does not know of. */
  long lostCalls() {
    return kernel == null ? 0 : kernel.lostCalls();
  }

  /** Ends its counting, at once. What it saw can still be read. */
  void detach() {
    if (kernel != null) {
      kernel.detach();
    }
  }

  /** Takes everything of ours out of the kernel. */
  void close() {
    if (kernel != null) {
      kernel.close();
    }
    if (faultCounter != null) {
      faultCounter.close();
    }
    Kernel.unload();
  }
}
