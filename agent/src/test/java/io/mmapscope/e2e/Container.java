package io.mmapscope.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * What containers take away, all at once: a PID namespace within another, a root file system that is read-only but for
 * the workspace, {@code /tmp} mounted noexec, no tracefs, a memory limit, an ordinary user, and of all capabilities only
 * the two that the agent asks for.
 */
final class Container implements AutoCloseable {

  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final String LIMIT = "600M";
  private static final long LONGEST_NANOS = 10_000_000_000L;
  private static final String SCRIPT =
      """
      set -e
      echo $$ >"$1/cgroup.procs"
      mount --bind "$2" "$2"
      mount -o remount,bind,ro /
      mount -t tmpfs -o noexec tmpfs /tmp
      umount -q /sys/kernel/tracing || :
      shift 2
      new="unshare --pid --fork --kill-child --mount-proc"
      exec $new $new setpriv --reuid=65534 --regid=65534 --clear-groups \
        --bounding-set=-all,+bpf,+perfmon --inh-caps=-all,+bpf,+perfmon --ambient-caps=-all,+bpf,+perfmon "$@"
      """;

  private final Path group;
  private final String[] under;

  /** Skips the test, with the reason, where that cannot be had. */
  Container(Workspace workspace) throws IOException {
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "only root can make a container");
    boolean first = Files.isDirectory(CGROUPS.resolve("memory"));
    Path parent = first ? CGROUPS.resolve("memory") : CGROUPS;
    Assumptions.assumeTrue(Files.isWritable(parent.resolve("cgroup.procs")), parent + " cannot be written to");
    group = Files.createDirectory(parent.resolve("mmapscope-" + ProcessHandle.current().pid() + '-' + System.nanoTime()));
    Path limit = group.resolve(first ? "memory.limit_in_bytes" : "memory.max");
    if (!Files.exists(limit)) {
      Files.writeString(parent.resolve("cgroup.subtree_control"), "+memory");
    }
    Files.writeString(limit, LIMIT);
    under =
        new String[] {
          "unshare", "--mount", "sh", "-c", SCRIPT, "sh", group.toString(), workspace.output().getParent().toString()
        };
  }

  /** What to run before a command. */
  String[] under() {
    return under;
  }

  /** To be called when what ran in it has been told to end; waits until it has. */
  @Override
  public void close() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LONGEST_NANOS;
    while (!Files.readString(group.resolve("cgroup.procs")).isEmpty()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IOException("processes are left in " + group);
      }
      Thread.sleep(10);
    }
    Files.delete(group);
  }
}
