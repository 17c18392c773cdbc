package io.mmapscope.agent.kernel;

import com.sun.jna.Callback;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.util.List;

/**
 * What libbpf prints while something is tried for the second time, to find out why it failed the first. Never on stderr;
 * bounded to its last part, because a verifier's log has its reason at the end.
 */
final class BpfLog implements Callback {

  private static final int LIMIT = 1 << 16;
  private static final int MESSAGE_LIMIT = 1 << 20; // a verifier's log is one message
  private static final int DEBUG = 2;
  private static final int LINE_LIMIT = 160;

  private final StringBuilder text = new StringBuilder();

  /** Called by libbpf: {@code int (*)(enum libbpf_print_level, const char *format, va_list arguments)}. */
  public int callback(int level, Pointer format, Pointer arguments) {
    if (level >= DEBUG) {
      return 0;
    }
    // On x86-64 and arm64 a va_list parameter is a pointer, and can be handed on as one.
    try (Memory line = new Memory(MESSAGE_LIMIT)) {
      line.setByte(0, (byte) 0);
      NativeLibrary.getProcess()
          .getFunction("vsnprintf")
          .invokeInt(new Object[] {line, line.size(), format, arguments});
      text.append(line.getString(0));
    }
    if (text.length() > LIMIT) {
      text.delete(0, text.length() - LIMIT);
    }
    return 0;
  }

  /** The whole text, its last 64 KiB. */
  String text() {
    return text.toString();
  }

  /** The line that says what is wrong: the verifier's last, else libbpf's first complaint; or the empty string. */
  String reason() {
    String reason = "";
    String before = "";
    for (String line : text.toString().split("\n")) {
      if (line.startsWith("processed ") && !before.isEmpty()) {
        return shorten("verifier: " + before);
      }
      if (reason.isEmpty() && line.startsWith("libbpf: ")) {
        reason = line.substring("libbpf: ".length());
      }
      before = line.trim();
    }
    return shorten(reason);
  }

  /** The last lines of the verifier's log, which end with its statistics; empty where it said nothing. */
  List<String> verifierTail(int lines) {
    String all = text.toString();
    int end = all.lastIndexOf("\nprocessed ");
    if (end < 0) {
      return List.of();
    }
    int endOfLine = all.indexOf('\n', end + 1);
    List<String> log = all.substring(0, endOfLine < 0 ? all.length() : endOfLine).lines().toList();
    return List.copyOf(log.subList(Math.max(0, log.size() - lines), log.size()));
  }

  private static String shorten(String line) {
    return line.length() <= LINE_LIMIT ? line : line.substring(0, LINE_LIMIT) + "…";
  }
}
