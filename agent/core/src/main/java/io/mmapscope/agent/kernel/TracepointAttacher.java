package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.HookCatalogue.Attachment;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Tracepoints, by perf events. Their numbers are in tracefs. */
final class TracepointAttacher implements Attacher, AutoCloseable {

  private final LibC libc;
  private final PerfEvents events;
  private final Map<String, Integer> ids = new HashMap<>();
  private Tracefs tracefs;
  private IOException noTracefs;

  TracepointAttacher(LibC libc, PerfEvents events) {
    this.libc = libc;
    this.events = events;
  }

  @Override
  public void check(Attachment attachment) throws IOException {
    id(attachment.target());
  }

  private int id(String name) throws IOException {
    Integer id = ids.get(name);
    if (id == null) {
      id = tracefs().id(name);
      ids.put(name, id);
    }
    return id;
  }

  private Tracefs tracefs() throws IOException {
    if (noTracefs != null) {
      throw noTracefs;
    }
    if (tracefs == null) {
      try {
        tracefs = Tracefs.open(libc);
      } catch (IOException e) {
        noTracefs = e;
        throw e;
      }
    }
    return tracefs;
  }

  @Override
  public void attach(int program, Attachment attachment) throws IOException, BpfException {
    events.attachTracepoint(program, id(attachment.target()));
  }

  @Override
  public void close() {
    if (tracefs != null) {
      // Once: by a second time its descriptor's number may be the application's.
      tracefs.close();
      tracefs = null;
    }
  }
}
