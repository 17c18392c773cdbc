package io.mmapscope.agent.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code /proc/PID} tells of the process that a command is about. Asked before anything is sent to it: a process
 * that is no JVM is ended by the signal with which a JVM is asked to listen, and a JVM that may not be attached to
 * answers it with a thread dump.
 *
 * @param directory {@code /proc/PID}
 */
record TargetProcess(long pid, Path directory) {

  private static final String FORBIDDING = "-XX:+DisableAttachMechanism";
  private static final long SIGQUIT_BIT = 1L << 2;
  private static final List<String> OPTIONS = List.of("JAVA_TOOL_OPTIONS=", "JDK_JAVA_OPTIONS=", "_JAVA_OPTIONS=");

  /**
   * Finds what would keep a command from it.
   *
   * @param ownUser this process's effective user id
   * @throws TargetException where something does, with what to do about it
   */
  void check(long ownUser) throws TargetException {
    Map<String, String> status = status();
    long user = effective(status.get("Uid"));
    if (ownUser != 0 && user != ownUser) {
      throw new TargetException(
          "process " + pid + " is of user " + user + ", this command runs as user " + ownUser
              + ": EPERM. Run it as that user, sudo -u '#" + user + "' java -jar mmapscope.jar ..., or as root");
    }
    String state = status.getOrDefault("State", "");
    if (state.startsWith("Z")) {
      throw new TargetException("process " + pid + " has ended (zombie)");
    }
    if (state.startsWith("T")) {
      throw new TargetException(
          "process " + pid + " is stopped (" + state + ") and cannot answer: kill -CONT " + pid);
    }
    if (!isJvm()) {
      throw new TargetException(
          "process " + pid + " (" + status.getOrDefault("Name", "?") + ") is no JVM: no libjvm.so is mapped in it");
    }
    if (options().contains(FORBIDDING)) {
      throw new TargetException(
          "the JVM " + pid + " runs with " + FORBIDDING + ":"
              + " restart it without, or with -javaagent:mmapscope.jar");
    }
    if ((Long.parseUnsignedLong(status.getOrDefault("SigCgt", "0"), 16) & SIGQUIT_BIT) == 0) {
      throw new TargetException(
          "the JVM " + pid + " does not handle SIGQUIT, by which it is asked to listen: it is only just starting,"
              + " or runs with -Xrs, which forbids attaching");
    }
  }

  /** Returns true where it has another file system tree than this process, as in a container. */
  boolean otherMounts() {
    try {
      Path own = Files.readSymbolicLink(directory.resolveSibling("self").resolve("ns/mnt"));
      return !Files.readSymbolicLink(directory.resolve("ns/mnt")).equals(own);
    } catch (IOException unknown) {
      return false;
    }
  }

  /** Where this process finds what the target has at a path. */
  Path here(String path) {
    return otherMounts() ? directory.resolve("root").resolve(path.substring(1)) : Path.of(path);
  }

  /** The user that it runs as. */
  long user() throws TargetException {
    return effective(status().get("Uid"));
  }

  private Map<String, String> status() throws TargetException {
    Map<String, String> status = new TreeMap<>();
    try {
      for (String line : Files.readAllLines(directory.resolve("status"))) {
        int colon = line.indexOf(':');
        if (colon > 0) {
          status.put(line.substring(0, colon), line.substring(colon + 1).trim());
        }
      }
    } catch (IOException gone) {
      throw new TargetException("no process " + pid + " here (jps or pgrep java lists JVMs)");
    }
    return status;
  }

  /** The second of real, effective, saved and file system id. */
  private static long effective(String ids) {
    String[] all = ids == null ? new String[0] : ids.split("\\s+");
    return all.length > 1 ? Long.parseLong(all[1]) : -1;
  }

  private boolean isJvm() throws TargetException {
    try (var lines = Files.lines(directory.resolve("maps"), StandardCharsets.ISO_8859_1)) {
      return lines.anyMatch(line -> line.endsWith("/libjvm.so") || line.contains("/libjvm.so "));
    } catch (IOException | java.io.UncheckedIOException refused) {
      throw new TargetException(
          "cannot read " + directory.resolve("maps") + " (" + refused.getMessage()
              + "): run the command as root, or without what forbids ptrace");
    }
  }

  private List<String> options() {
    List<String> given = new ArrayList<>(words("cmdline"));
    for (String variable : words("environ")) {
      if (OPTIONS.stream().anyMatch(variable::startsWith)) {
        given.addAll(List.of(variable.substring(variable.indexOf('=') + 1).split("\\s+")));
      }
    }
    return given;
  }

  private List<String> words(String file) {
    try {
      return List.of(Files.readString(directory.resolve(file), StandardCharsets.ISO_8859_1).split("\0"));
    } catch (IOException unknown) {
      return List.of();
    }
  }
}
