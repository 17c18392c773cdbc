package io.mmapscope.agent.control;

import java.io.IOException;
import java.util.Iterator;
import java.util.Map;

/**
 * Writes JSON (RFC 8259), indented by two spaces, of maps, iterables, strings, finite numbers, booleans and null. What
 * an iterable makes only as it is asked is written as it comes.
 */
public final class Json {

  private final Appendable out;

  private Json(Appendable out) {
    this.out = out;
  }

  /**
   * Returns the text.
   *
   * @param value maps with keys of any type by their {@code toString}, iterables, strings, numbers, booleans, null
   * @throws IllegalArgumentException for a value of another type
   */
  public static String write(Object value) {
    StringBuilder text = new StringBuilder();
    try {
      write(value, text);
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    return text.toString();
  }

  /** The same, written as it is made. */
  public static void write(Object value, Appendable out) throws IOException {
    new Json(out).value(value, "\n");
  }

  private void value(Object value, String newline) throws IOException {
    if (value == null || value instanceof Boolean || value instanceof Integer || value instanceof Long) {
      out.append(String.valueOf(value));
    } else if (value instanceof Double number && Double.isFinite(number)) {
      out.append(number.toString());
    } else if (value instanceof String text) {
      string(text);
    } else if (value instanceof Map<?, ?> map) {
      object(map, newline);
    } else if (value instanceof Iterable<?> items) {
      array(items, newline);
    } else {
      throw new IllegalArgumentException("no JSON for " + value.getClass().getName());
    }
  }

  private void object(Map<?, ?> map, String newline) throws IOException {
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

  private void array(Iterable<?> all, String newline) throws IOException {
    Iterator<?> items = all.iterator();
    if (!items.hasNext()) {
      out.append("[]");
      return;
    }
    String inner = newline + "  ";
    out.append('[');
    while (items.hasNext()) {
      out.append(inner);
      value(items.next(), inner);
      out.append(items.hasNext() ? "," : newline);
    }
    out.append(']');
  }

  private void string(String text) throws IOException {
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
