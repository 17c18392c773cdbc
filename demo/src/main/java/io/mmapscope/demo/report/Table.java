package io.mmapscope.demo.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A table in plain text; columns are as wide as their widest cell, numbers stand to the right. For one thread. */
final class Table {

  private final String title;
  private final List<String[]> rows = new ArrayList<>();

  /**
   * @param title the line above
   * @param header the columns' names; one that begins with {@code >} stands to the right; without any name there is no
   *     such line
   */
  Table(String title, String... header) {
    this.title = title;
    rows.add(header);
  }

  Table row(Object... cells) {
    String[] row = new String[cells.length];
    for (int i = 0; i < cells.length; i++) {
      row[i] = cells[i] instanceof Long || cells[i] instanceof Integer ? count((Number) cells[i]) : cells[i].toString();
    }
    rows.add(row);
    return this;
  }

  boolean isEmpty() {
    return rows.size() == 1;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(title).append('\n');
    if (isEmpty()) {
      return text.append("  (none)\n").toString();
    }
    String[] header = rows.get(0);
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder(" ");
      for (int i = 0; i < row.length; i++) {
        boolean right = header[i].startsWith(">");
        String cell = row == header && right ? row[i].substring(1) : row[i];
        line.append(' ').append(String.format("%" + (right ? "" : "-") + width(i) + "s", cell)).append(' ');
      }
      if (row != header || !line.toString().isBlank()) {
        text.append(line.toString().stripTrailing()).append('\n');
      }
    }
    return text.toString();
  }

  /** Bytes in the unit in which they are short. */
  static String bytes(double bytes) {
    if (bytes < 1024) {
      return String.format(Locale.ROOT, "%.0f B", bytes);
    }
    int exponent = Math.min(4, (int) (Math.log(bytes) / Math.log(1024)));
    return String.format(Locale.ROOT, "%.1f %ciB", bytes / Math.pow(1024, exponent), " KMGT".charAt(exponent));
  }

  /** A time in the unit in which it is short. */
  static String time(double seconds) {
    if (seconds < 1e-3) {
      return String.format(Locale.ROOT, "%.1f µs", seconds * 1e6);
    }
    return seconds < 1
        ? String.format(Locale.ROOT, "%.2f ms", seconds * 1e3)
        : String.format(Locale.ROOT, "%.2f s", seconds);
  }

  static String count(Number number) {
    return String.format(Locale.ROOT, "%,d", number.longValue());
  }

  /** A function's name with its packages cut to their first letters: {@code o.a.l.store.MMapDirectory.openInput}. */
  static String function(String name) {
    if (name.isEmpty()) {
      return "-";
    }
    String[] parts = name.split("\\.");
    StringBuilder cut = new StringBuilder();
    for (int i = 0; i < parts.length; i++) {
      boolean outerPackage = i < parts.length - 3 && !parts[i].isEmpty();
      cut.append(i == 0 ? "" : ".").append(outerPackage ? parts[i].substring(0, 1) : parts[i]);
    }
    return cut.toString();
  }

  /** The text's end where the whole is longer: of a method's name the end says most. */
  static String end(String text, int characters) {
    return text.length() <= characters ? text : "…" + text.substring(text.length() - characters + 1);
  }

  private int width(int column) {
    int header = rows.get(0)[column].length() - (rows.get(0)[column].startsWith(">") ? 1 : 0);
    return Math.max(header, rows.stream().skip(1).mapToInt(row -> row[column].length()).max().orElse(1));
  }
}
