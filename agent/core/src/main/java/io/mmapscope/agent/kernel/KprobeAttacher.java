package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.HookCatalogue.Attachment;
import io.mmapscope.agent.kernel.HookCatalogue.Point;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Kprobes and kretprobes, by perf events of the kernel's kprobe PMU, which needs no tracefs. */
final class KprobeAttacher implements Attacher {

  private static final Path PMU = Path.of("/sys/bus/event_source/devices/kprobe");

  private final PerfEvents events;
  private int type = -1;
  private IOException none;

  KprobeAttacher(PerfEvents events) {
    this.events = events;
  }

  @Override
  public void check(Attachment attachment) throws IOException {
    type();
  }

  private int type() throws IOException {
    if (none != null) {
      throw none;
    }
    if (type < 0) {
      if (Files.notExists(PMU)) {
        none = new IOException("kprobes are not built into this kernel");
        throw none;
      }
      try {
        type = Integer.parseInt(ProcFile.read(PMU.resolve("type")).trim());
      } catch (IOException e) {
        none = new IOException("reading " + PMU + "/type: " + e.getMessage(), e);
        throw none;
      }
    }
    return type;
  }

  @Override
  public void attach(int program, Attachment attachment) throws IOException, BpfException {
    try {
      events.attachKprobe(program, type(), attachment.target(), attachment.point() == Point.KRETPROBE);
    } catch (BpfException e) {
      if (e.errno() == Errno.ENOENT) {
        throw new IOException("this kernel has no function " + attachment.target(), e);
      }
      throw e;
    }
  }
}
