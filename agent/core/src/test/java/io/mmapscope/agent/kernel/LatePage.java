package io.mmapscope.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.Memory;

/**
 * Memory whose pages come late: {@code userfaultfd(2)}, which has whoever touches one wait and its page fault tried again.
 * Layouts are those of {@code linux/userfaultfd.h}.
 */
final class LatePage implements AutoCloseable {

  private static final int USER_MODE_ONLY = 1;
  private static final long API = 0xaa;
  private static final long IOCTL_API = 0xc018aa3fL;
  private static final long IOCTL_REGISTER = 0xc020aa00L;
  private static final long IOCTL_ZEROPAGE = 0xc020aa04L;
  private static final long REGISTER_MODE_MISSING = 1;
  private static final int MESSAGE = 32;

  private final long fd = Syscalls.call(Syscalls.USERFAULTFD, USER_MODE_ONLY);
  private final Memory argument = new Memory(MESSAGE);
  private final long address;

  LatePage(long address) {
    this.address = address;
    assertThat(fd).as("userfaultfd(2)").isPositive();
    ioctl(IOCTL_API, API, 0, 0);
    ioctl(IOCTL_REGISTER, address, Syscalls.PAGE, REGISTER_MODE_MISSING);
  }

  private void ioctl(long request, long first, long second, long third) {
    argument.clear();
    argument.setLong(0, first);
    argument.setLong(8, second);
    argument.setLong(16, third);
    assertThat(Syscalls.call(Syscalls.IOCTL, fd, request, address(argument))).isZero();
  }

  private static long address(Memory memory) {
    return com.sun.jna.Pointer.nativeValue(memory);
  }

  /** A thread that brings the page so long after somebody has asked for it. */
  Thread bringing(long millis) {
    Thread thread =
        new Thread(
            () -> {
              Memory message = new Memory(MESSAGE);
              assertThat(Syscalls.call(Syscalls.READ, fd, address(message), MESSAGE)).isEqualTo(MESSAGE);
              try {
                Thread.sleep(millis);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              ioctl(IOCTL_ZEROPAGE, address, Syscalls.PAGE, 0);
            });
    thread.start();
    return thread;
  }

  @Override
  public void close() {
    Syscalls.call(Syscalls.CLOSE, fd);
  }
}
