package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.HookCatalogue.Attachment;
import java.io.IOException;

/** Entry and exit of kernel functions (fentry, fexit). A refusal of the kind itself is found out by one empty program. */
final class FunctionAttacher implements Attacher, AutoCloseable {

  private final LibBpf bpf;
  private final Links links;
  private boolean tried;
  private IOException refused;
  private long btf;

  FunctionAttacher(LibBpf bpf, Links links) {
    this.bpf = bpf;
    this.links = links;
  }

  @Override
  public void check(Attachment attachment) throws IOException {
    if (!tried) {
      tried = true;
      int errno = new FentryProbe(bpf).errno();
      // EINVAL says that there is no such function, so functions in general are allowed.
      refused = errno == Errno.EPERM ? new IOException(FentryProbe.REFUSED) : null;
    }
    if (refused != null) {
      throw refused;
    }
    links.prepareToKeep();
    if (btf == 0) {
      btf = bpf.btf__load_vmlinux_btf();
    }
    if (btf != 0 && bpf.btf__find_by_name_kind(btf, attachment.target(), LibBpf.BTF_KIND_FUNC) < 0) {
      throw new IOException("this kernel has no function " + attachment.target());
    }
  }

  @Override
  public void attach(int program, Attachment attachment) throws IOException, BpfException {
    try {
      links.attach(program, attachment.program());
    } catch (BpfException e) {
      if (e.errno() == Errno.ENOTSUPP) {
        // Before Linux 6.6 six are the most on x86-64.
        throw new IOException(e.getMessage() + ", the function has more arguments than this kernel can trace", e);
      }
      throw e;
    }
  }

  @Override
  public void close() {
    if (btf != 0) {
      bpf.btf__free(btf);
      btf = 0;
    }
  }
}
