package io.mmapscope.agent.kernel;

/** A step with libbpf failed. The message names the step, the errno and what can be done about it. */
final class BpfException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int errno;

  /**
   * @param step e.g. {@code bpf(2)}
   * @param errno positive
   * @param detail what libbpf or the verifier said, or the empty string
   */
  BpfException(String step, int errno, String detail) {
    super(step + " " + Errno.name(errno) + Remedy.of(step, errno) + (detail.isEmpty() ? "" : ": " + detail));
    this.errno = errno;
  }

  int errno() {
    return errno;
  }
}
