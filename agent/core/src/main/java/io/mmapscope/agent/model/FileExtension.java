package io.mmapscope.agent.model;

/**
 * Kinds of files by their names: {@code cfs} for {@code _0.cfs}, {@value #NONE} for a name without one, and {@value
 * #OTHER} for what is no extension but a number, a date or a hash, as in {@code wal.000123}.
 */
public final class FileExtension {

  public static final String NONE = "none";
  public static final String OTHER = "other";

  private static final int LONGEST = 10;

  private FileExtension() {}

  /** @param path of a file, null where there is none */
  public static String of(String path) {
    if (path == null) {
      return NONE;
    }
    String name = withoutMark(path.substring(path.lastIndexOf('/') + 1));
    int dot = name.lastIndexOf('.');
    if (dot <= 0 || dot == name.length() - 1) {
      return NONE;
    }
    String extension = name.substring(dot + 1);
    return isWord(extension) ? extension : OTHER;
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
