package io.mmapscope.agent.cli;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Writes JSON (RFC 8259), indented by two spaces, of maps, lists, strings, numbers, booleans and null. */
final class Json {

  private final StringBuilder out = new StringBuilder();

  private Json() {}

  /**
   * Returns the text.
   *
   * @param value maps with keys of any type by their {@code toString}, lists, strings, whole numbers, booleans, null
   * @throws IllegalArgumentException for a value of another type
   */
  static String write(Object value) {
    Json json = new Json();
    json.value(value, "\n");
    return json.out.toString();
  }

  private void value(Object value, String newline) {
    if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long) {
      out.append(value);
    } else if (value instanceof String text) {
      string(text);
    } else if (value instanceof Map<?, ?> map) {
      object(map, newline);
    } else if (value instanceof List<?> list) {
      array(list, newline);
    } else {
      throw new IllegalArgumentException("no JSON for " + value.getClass().getName());
    }
  }

  private void object(Map<?, ?> map, String newline) {
    if (map.isEmpty()) {
      out.append("{}");
      return;
    }
    String inner = newline + "  ";
    out.append('{');
    Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<?, ?> entry = entries.next();
      out.append(inner);
      string(String.valueOf(entry.getKey()));
      out.append(": ");
      value(entry.getValue(), inner);
      out.append(entries.hasNext() ? "," : newline);
    }
    out.append('}');
  }

  private void array(List<?> list, String newline) {
    if (list.isEmpty()) {
      out.append("[]");
      return;
    }
    String inner = newline + "  ";
    out.append('[');
    Iterator<?> items = list.iterator();
    while (items.hasNext()) {
      out.append(inner);
      value(items.next(), inner);
      out.append(items.hasNext() ? "," : newline);
    }
    out.append(']');
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20 || Character.isSurrogate(c) && !paired(text, i)) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /** A lone surrogate has no UTF-8: it must be escaped to survive. */
  private static boolean paired(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
  }
}
