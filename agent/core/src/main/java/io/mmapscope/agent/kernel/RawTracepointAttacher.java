package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.HookCatalogue.Attachment;

/** Tracepoints without their perf events ({@code tp_btf}): found by name, so that no tracefs is needed. */
final class RawTracepointAttacher implements Attacher {

  private final Links links;

  RawTracepointAttacher(Links links) {
    this.links = links;
  }

  @Override
  public void check(Attachment attachment) {
    // The kernel tells when the program is loaded.
  }

  @Override
  public void attach(int program, Attachment attachment) throws BpfException {
    links.attach(program, attachment.program());
  }
}
