package io.mmapscope.agent.kernel;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The BPF links of programs on functions and raw tracepoints, and the events of threads. While they are made they are
 * descriptors; then, where any is on a function, the {@link LinkKeeper} has the links. Not safe for several threads.
 */
final class Links {

  private static final String NO_LINK = "";

  private record Link(String program, int fd) {}

  private final LibC libc;
  private final LibBpf bpf;
  private final List<Link> links = new ArrayList<>();
  private final Set<String> attached = new HashSet<>();
  private final LinkKeeper keeper;

  Links(LibC libc, LibBpf bpf) {
    this.libc = libc;
    this.bpf = bpf;
    this.keeper = new LinkKeeper(libc);
  }

  /**
   * To be called before the first link on a function.
   *
   * @throws IOException where links could not be kept, so that they had better not be made
   */
  void prepareToKeep() throws IOException {
    keeper.open();
  }

  int count() {
    return links.size();
  }

  /** Attaches a program to what its section names; one that is shared by several events only once. */
  void attach(int program, String name) throws BpfException {
    if (attached.contains(name)) {
      return;
    }
    int fd = bpf.bpf_raw_tracepoint_open(program);
    if (fd < 0) {
      throw new BpfException("bpf(2) BPF_RAW_TRACEPOINT_OPEN", -fd, "");
    }
    links.add(new Link(name, fd));
    attached.add(name);
  }

  /** Takes charge of the descriptor of an event that a program is attached to. */
  void keep(int fd) {
    links.add(new Link(NO_LINK, fd));
  }

  /** All is attached: gives the links to the keeper, if there is one. */
  void handOver() {
    List<Link> kept = new ArrayList<>();
    for (Link link : links) {
      if (!link.program().equals(NO_LINK)) {
        kept.add(link);
      }
    }
    if (kept.isEmpty()) {
      keeper.close();
      return;
    }
    int[] descriptors = new int[kept.size()];
    for (int i = 0; i < descriptors.length; i++) {
      descriptors[i] = kept.get(i).fd();
    }
    if (keeper.keep(descriptors)) {
      for (int descriptor : descriptors) {
        libc.close(descriptor);
      }
      links.removeAll(kept);
    }
  }

  /** Takes off those from one on, before {@link #handOver}. */
  void detachFrom(int first) {
    while (links.size() > first) {
      Link last = links.remove(links.size() - 1);
      attached.remove(last.program());
      libc.close(last.fd());
    }
  }

  /** Takes all off, those that are kept soon. */
  void detach() {
    detachFrom(0);
    keeper.close();
  }
}
