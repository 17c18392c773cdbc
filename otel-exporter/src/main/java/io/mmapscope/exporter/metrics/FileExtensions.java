package io.mmapscope.exporter.metrics;

import io.mmapscope.exporter.PathPolicy;
import java.util.HashSet;
import java.util.Set;

/**
 * Values of the tag {@code file.extension}: {@code cfs} for {@code _0.cfs}, {@value #NONE} for a name without one, and
 * {@value #OTHER} for what is no extension but a number, a date or a hash, as in {@code wal.000123}, and for the kinds
 * beyond {@value #MOST}. Safe for any thread.
 */
final class FileExtensions {

  static final String NONE = "none";
  static final String OTHER = "other";

  private static final int MOST = 100;
  private static final int LONGEST = 10;

  private final boolean shown;
  private final Set<String> named = new HashSet<>();

  FileExtensions(PathPolicy paths) {
    this.shown = paths.showsExtension();
  }

  synchronized String of(String path) {
    if (path == null || !shown) {
      return NONE;
    }
    String name = withoutMark(path.substring(path.lastIndexOf('/') + 1));
    int dot = name.lastIndexOf('.');
    if (dot <= 0 || dot == name.length() - 1) {
      return NONE;
    }
    String extension = name.substring(dot + 1);
    if (!isWord(extension) || !named.contains(extension) && named.size() >= MOST) {
      return OTHER;
    }
    named.add(extension);
    return extension;
  }

  /** The kernel marks the path of a file that is mapped but no longer there. */
  private static String withoutMark(String name) {
    String mark = " (deleted)";
    return name.endsWith(mark) ? name.substring(0, name.length() - mark.length()) : name;
  }

  private static boolean isWord(String extension) {
    return extension.length() <= LONGEST
        && Character.isLetter(extension.charAt(0))
        && extension.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '_' || c == '-');
  }
}
