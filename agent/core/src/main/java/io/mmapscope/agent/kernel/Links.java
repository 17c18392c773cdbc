package io.mmapscope.agent.kernel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The BPF links of programs on functions and raw tracepoints, and the events of threads, held as descriptors. */
final class Links {

  private record Link(String program, int fd) {}

  private final LibC libc;
  private final LibBpf bpf;
  private final List<Link> links = new ArrayList<>();
  private final Set<String> attached = new HashSet<>();

  Links(LibC libc, LibBpf bpf) {
    this.libc = libc;
    this.bpf = bpf;
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
    links.add(new Link("", fd));
  }

  /** Takes off those from one on. */
  void detachFrom(int first) {
    while (links.size() > first) {
      Link last = links.remove(links.size() - 1);
      attached.remove(last.program());
      libc.close(last.fd());
    }
  }
}
