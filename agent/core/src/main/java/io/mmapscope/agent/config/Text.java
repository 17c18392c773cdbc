package io.mmapscope.agent.config;

/**
 * Builds messages before {@code main}, where the {@code +} of strings would start the JVM's linkage of it: some 20 ms.
 */
final class Text {

  private static final int LONGEST_SHOWN = 200;

  private Text() {}

  static String of(String... parts) {
    StringBuilder text = new StringBuilder();
    for (String part : parts) {
      text.append(part);
    }
    return text.toString();
  }

  /** A user's text on one line of bearable length: control characters become {@code ?}. */
  static String shown(String written) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < written.length() && i < LONGEST_SHOWN; i++) {
      char c = written.charAt(i);
      text.append(Character.isISOControl(c) || c == '\u2028' || c == '\u2029' ? '?' : c);
    }
    return text.append(written.length() > LONGEST_SHOWN ? "…" : "").toString();
  }
}
