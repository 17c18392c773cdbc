package io.mmapscope.exporter;

import io.mmapscope.agent.config.Settings.FilePaths;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What of a file's path leaves the process: the setting {@code file.paths}. Immutable, safe for any thread.
 *
 * <p>{@code hash} is the first 16 hexadecimal digits of the path's SHA-256 over UTF-8: the same for the same path
 * in every process, so that files can be told apart and compared, but not read. (Who can guess a path can check the
 * guess.) With {@code hash} and {@code none} the file's extension stays inside too.
 */
public final class PathPolicy {

  private static final int HASH_DIGITS = 16;

  private final FilePaths mode;

  public PathPolicy(FilePaths mode) {
    this.mode = mode;
  }

  /** Returns what may be said of this path, or null for nothing. */
  public String shown(String path) {
    if (path == null || path.isEmpty()) {
      return null;
    }
    return switch (mode) {
      case FULL -> path;
      case NAME -> name(path);
      case HASH -> hash(path);
      case NONE -> null;
    };
  }

  /** Returns true where the end of a file's name may be said. */
  public boolean showsExtension() {
    return mode == FilePaths.FULL || mode == FilePaths.NAME;
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String hash(String path) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(path.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("SHA-256, which every Java platform has, is missing", e);
    }
  }
}
