package io.mmapscope.exporter.metrics;

import io.mmapscope.agent.model.FileExtension;
import io.mmapscope.exporter.PathPolicy;
import java.util.HashSet;
import java.util.Set;

/**
 * Values of the tag {@code file.extension}: those of {@link FileExtension} as far as the setting {@code file.paths} shows
 * them, the first {@value #MOST} kinds by name. Safe for any thread.
 */
final class FileExtensions {

  private static final int MOST = 100;

  private final boolean shown;
  private final Set<String> named = new HashSet<>();

  FileExtensions(PathPolicy paths) {
    this.shown = paths.showsExtension();
  }

  /** @param extension of {@link FileExtension} */
  synchronized String tag(String extension) {
    if (!shown) {
      return FileExtension.NONE;
    }
    boolean kind = !extension.equals(FileExtension.NONE) && !extension.equals(FileExtension.OTHER);
    if (!kind || named.contains(extension)) {
      return extension;
    }
    if (named.size() >= MOST) {
      return FileExtension.OTHER;
    }
    named.add(extension);
    return extension;
  }
}
