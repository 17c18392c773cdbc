package io.mmapscope.agent.kernel;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Holds files of this process by an io_uring instance that is used for nothing else, so that the kernel closes them on a
 * thread of its own when the instance goes, be it closed or its process ended. A link on a function, closed as a
 * descriptor, keeps its process for 70 ms; the fourteen there are, for a second. Not safe for several threads.
 */
final class LinkKeeper {

  private static final int PARAMS_SIZE = 120; // struct io_uring_params
  private static final long REGISTER_FILES = 2;
  private static final int PR_GET_SECCOMP = 21;

  private final LibC libc;
  private boolean opened;
  private int ring = -1;
  private IOException refused;

  LinkKeeper(LibC libc) {
    this.libc = libc;
  }

  /** @throws IOException why it cannot be used here */
  void open() throws IOException {
    if (!opened) {
      opened = true;
      refused = tryToOpen();
    }
    if (refused != null) {
      throw refused;
    }
  }

  private IOException tryToOpen() {
    if (libc.prctl(PR_GET_SECCOMP) != 0) {
      // A filter may kill whoever makes a call that it does not expect.
      return new IOException(
          "would hold the exit up for a second, and io_uring, which prevents that, is not tried under a seccomp filter");
    }
    ByteBuffer params = ByteBuffer.allocateDirect(PARAMS_SIZE).order(ByteOrder.nativeOrder());
    ring = (int) libc.syscall(LibC.SYS_IO_URING_SETUP, 1L, params);
    return ring >= 0
        ? null
        : new IOException(
            "would hold the exit up for a second, and io_uring, which prevents that, is refused: io_uring_setup(2) "
                .concat(Errno.name(LibC.errno())));
  }

  /** Takes the files in; their descriptors may be closed then. False where that is not possible. */
  boolean keep(int... descriptors) {
    if (ring < 0) {
      return false;
    }
    ByteBuffer files = ByteBuffer.allocateDirect(descriptors.length * Integer.BYTES).order(ByteOrder.nativeOrder());
    for (int descriptor : descriptors) {
      files.putInt(descriptor);
    }
    return libc.syscall(
            LibC.SYS_IO_URING_REGISTER, (long) ring, REGISTER_FILES, files.clear(), (long) descriptors.length)
        == 0;
  }

  /** Has the kernel close what is kept, soon. */
  void close() {
    if (ring >= 0) {
      libc.close(ring);
      ring = -1;
    }
  }
}
