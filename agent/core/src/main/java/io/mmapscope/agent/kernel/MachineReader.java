package io.mmapscope.agent.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads {@link Machine} from {@code /proc} and {@code /sys} under a root, which tests set. */
public final class MachineReader {

  // Inode numbers of the first namespaces, PROC_PID_INIT_INO and PROC_USER_INIT_INO of linux/proc_ns.h.
  private static final String INITIAL_PID = "pid:[4026531836]";
  private static final String INITIAL_USER = "user:[4026531837]";

  private static final List<String> TRACEFS = List.of("sys/kernel/tracing", "sys/kernel/debug/tracing");
  private static final List<String> SECCOMP_MODES = List.of("disabled", "strict", "filter");

  private final Path root;

  public MachineReader(Path root) {
    this.root = root;
  }

  public Machine read() {
    String effective = status("CapEff:");
    Long seccomp = number(status("Seccomp:"));
    String uids = status("Uid:");
    return new Machine(
        line("proc/sys/kernel/osrelease"),
        System.getProperty("os.arch"),
        Files.isReadable(root.resolve("sys/kernel/btf/vmlinux")),
        lockdown(),
        uids == null ? null : number(uids.split("\\s+")[1]),
        effective == null ? null : Capabilities.ofHex(effective),
        number(line("proc/sys/kernel/unprivileged_bpf_disabled")),
        number(line("proc/sys/kernel/perf_event_paranoid")),
        tracefs(),
        seccomp == null || seccomp >= SECCOMP_MODES.size() ? null : SECCOMP_MODES.get(seccomp.intValue()),
        namespace("pid", INITIAL_PID),
        namespace("user", INITIAL_USER),
        number(line("proc/sys/vm/max_map_count")));
  }

  /** The mode in brackets of {@code none [integrity] confidentiality}. */
  private String lockdown() {
    String modes = line("sys/kernel/security/lockdown");
    int open = modes == null ? -1 : modes.indexOf('[');
    int close = modes == null ? -1 : modes.indexOf(']', open + 1);
    return open < 0 || close < 0 ? null : modes.substring(open + 1, close);
  }

  private String tracefs() {
    for (String directory : TRACEFS) {
      if (Files.isReadable(root.resolve(directory).resolve("events/syscalls/sys_enter_mmap/id"))) {
        return "/" + directory;
      }
    }
    return null;
  }

  private String namespace(String kind, String initial) {
    try {
      String target = Files.readSymbolicLink(root.resolve("proc/self/ns/" + kind)).toString();
      return target.equals(initial) ? "initial" : "own";
    } catch (IOException | SecurityException e) {
      return null;
    }
  }

  private String status(String field) {
    for (String line : lines("proc/self/status")) {
      if (line.startsWith(field)) {
        return line.substring(field.length()).strip();
      }
    }
    return null;
  }

  private String line(String path) {
    List<String> lines = lines(path);
    return lines.isEmpty() ? null : lines.get(0).strip();
  }

  /** Unreadable and absent are the same here: the fact is unknown, and shown so. */
  private List<String> lines(String path) {
    try {
      return ProcFile.lines(root.resolve(path));
    } catch (IOException | SecurityException e) {
      return List.of();
    }
  }

  private static Long number(String text) {
    try {
      return text == null ? null : Long.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
