package io.mmapscope.agent.kernel;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the numbers of tracepoints are read. Use the file system where it is mounted; where it is not, as in most
 * containers, take a mount of our own that hangs nowhere: no other process sees it, and it goes with its descriptor.
 */
final class Tracefs implements AutoCloseable {

  private static final Path MOUNTED = Path.of("/sys/kernel/tracing");
  private static final Path MOUNTED_BEFORE_4_1 = Path.of("/sys/kernel/debug/tracing");
  private static final long FSOPEN_CLOEXEC = 1;
  private static final long FSMOUNT_CLOEXEC = 1;
  private static final long FSCONFIG_CMD_CREATE = 6;

  private final LibC libc;
  private final Path root;
  private final int mount;

  private Tracefs(LibC libc, Path root, int mount) {
    this.libc = libc;
    this.root = root;
    this.mount = mount;
  }

  /** @throws IOException where there is none: says what to mount, or what privilege to add */
  static Tracefs open(LibC libc) throws IOException {
    if (Files.isDirectory(MOUNTED.resolve("events"))) {
      return new Tracefs(libc, MOUNTED, -1);
    }
    if (Files.isDirectory(MOUNTED_BEFORE_4_1.resolve("events"))) {
      return new Tracefs(libc, MOUNTED_BEFORE_4_1, -1);
    }
    int mount = mount(libc);
    return new Tracefs(libc, Path.of("/proc/self/fd/" + mount), mount);
  }

  private static int mount(LibC libc) throws IOException {
    int context = (int) libc.syscall(LibC.SYS_FSOPEN, "tracefs", FSOPEN_CLOEXEC);
    if (context < 0) {
      throw refused("fsopen(2)");
    }
    try {
      if (libc.syscall(LibC.SYS_FSCONFIG, (long) context, FSCONFIG_CMD_CREATE, 0L, 0L, 0L) < 0) {
        throw refused("fsconfig(2)");
      }
      int mount = (int) libc.syscall(LibC.SYS_FSMOUNT, (long) context, FSMOUNT_CLOEXEC, 0L);
      if (mount < 0) {
        throw refused("fsmount(2)");
      }
      return mount;
    } finally {
      libc.close(context);
    }
  }

  private static IOException refused(String call) {
    int errno = LibC.errno();
    return new IOException(
        "no readable tracefs at " + MOUNTED + ", and " + call + " " + Errno.name(errno)
            + ": mount it (mount -t tracefs nodev " + MOUNTED + ") or add CAP_SYS_ADMIN");
  }

  /**
   * The number of a tracepoint.
   *
   * @param name e.g. {@code syscalls/sys_enter_mmap}
   * @throws IOException where the kernel has none of that name or it may not be read
   */
  int id(String name) throws IOException {
    Path file = root.resolve("events").resolve(name).resolve("id");
    try {
      return Integer.parseInt(ProcFile.read(file).trim());
    } catch (FileNotFoundException e) {
      if (Files.notExists(file)) {
        throw new IOException("this kernel has no tracepoint " + name, e);
      }
      throw new IOException("reading " + file + " EACCES, needs root or CAP_DAC_READ_SEARCH", e);
    }
  }

  @Override
  public void close() {
    if (mount >= 0) {
      libc.close(mount);
    }
  }
}
