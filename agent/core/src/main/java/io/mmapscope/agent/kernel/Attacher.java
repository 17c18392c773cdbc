package io.mmapscope.agent.kernel;

import io.mmapscope.agent.kernel.HookCatalogue.Attachment;
import java.io.IOException;

/** Attaches programs to one kind of point. Not safe for several threads. */
interface Attacher {

  /**
   * Looks whether a program could be attached, at next to no cost and before it is loaded.
   *
   * @throws IOException why it could not
   */
  void check(Attachment attachment) throws IOException;

  /**
   * Has a program run there.
   *
   * @param program its descriptor
   * @throws IOException where this kernel has no such point
   * @throws BpfException where the kernel refuses
   */
  void attach(int program, Attachment attachment) throws IOException, BpfException;
}
