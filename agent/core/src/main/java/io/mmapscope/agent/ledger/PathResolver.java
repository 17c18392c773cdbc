package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.FileIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Finds the path of a mapped file that only the kernel named, by device and inode.
 *
 * <p>A path is given only where its file is that file at the moment of asking: {@code stat} says so, or the kernel's
 * own list shows path, device and inode on one line. Tried in turn: the path that led there last time; the link {@code
 * /proc/self/map_files/START-END}; the link {@code /proc/self/fd/N}; {@code /proc/self/maps}. Only the last one knows
 * deleted files without a descriptor, and files on btrfs and overlayfs, whose {@code st_dev} is not the device of their
 * mappings; it is dear, and read so seldom that it takes at most a twentieth of the thread's time.
 *
 * <p>For the agent's thread alone: not thread-safe.
 */
public final class PathResolver {

  private static final int REMEMBERED = 1024;
  private static final int REST_FACTOR = 19;
  private static final String DELETED = " (deleted)";

  private final Path process;
  private final LongSupplier clock;
  private final Map<FileIdentity, String> known =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<FileIdentity, String> eldest) {
          return size() > REMEMBERED;
        }
      };
  private long nextReading = Long.MIN_VALUE;

  /** For this process. */
  public PathResolver() {
    this(Path.of("/proc/self"), System::nanoTime);
  }

  PathResolver(Path process, LongSupplier clock) {
    this.process = process;
    this.clock = clock;
  }

  /**
   * Finds the path.
   *
   * @param file the file, as the kernel named it
   * @param start first byte of the mapping
   * @param end byte after its last
   * @param descriptor the one that was mapped, or a negative number; it may be closed or another file's by now
   * @return absolute path, of a deleted file the last it had; null where it is not certain
   */
  public String resolve(FileIdentity file, long start, long end, int descriptor) {
    String path = known.get(file);
    if (path != null && file.equals(identity(path))) {
      return path;
    }
    path = byMapping(file, start, end);
    if (path == null && descriptor >= 0) {
      path = byDescriptor(file, descriptor);
    }
    if (path != null) {
      known.put(file, path);
      return path;
    }
    known.remove(file);
    return byList(file, start);
  }

  private String byMapping(FileIdentity file, long start, long end) {
    String name = Long.toHexString(start) + "-" + Long.toHexString(end);
    String path = linked(process.resolve("map_files").resolve(name));
    return path != null && file.equals(identity(path)) ? path : null;
  }

  private String byDescriptor(FileIdentity file, int descriptor) {
    Path link = process.resolve("fd").resolve(Integer.toString(descriptor));
    if (!file.equals(identity(link))) {
      return null;
    }
    String path = linked(link);
    boolean sameStill = file.equals(identity(link)); // not closed and opened again meanwhile
    return path == null || !sameStill ? null : withoutMark(file, path);
  }

  /** The kernel marks a deleted file, but a file may really be called so. */
  private static String withoutMark(FileIdentity file, String path) {
    boolean marked = path.endsWith(DELETED) && !file.equals(identity(path));
    return marked ? path.substring(0, path.length() - DELETED.length()) : path;
  }

  private String byList(FileIdentity file, long address) {
    long begun = clock.getAsLong();
    if (begun < nextReading) {
      return null;
    }
    try {
      for (MapsLine line : MapsFile.read(process.resolve("maps")).lines()) {
        if (address >= line.start() && address < line.end()) {
          return file.equals(line.file()) ? line.path() : null;
        }
      }
      return null;
    } catch (IOException e) {
      return null; // the path stays unknown, as it does for a mapping that is gone
    } finally {
      long ended = clock.getAsLong();
      nextReading = ended + (ended - begun) * REST_FACTOR;
    }
  }

  private static String linked(Path link) {
    try {
      String path = Files.readSymbolicLink(link).toString();
      boolean certain = path.startsWith("/") && path.indexOf('\uFFFD') < 0; // a name the locale cannot spell
      return certain ? path : null;
    } catch (IOException | SecurityException | UnsupportedOperationException e) {
      return null;
    }
  }

  private static FileIdentity identity(String path) {
    try {
      return identity(Path.of(path));
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /**
   * The size of a file now.
   *
   * @param expected the identity that it must have, or null where that is not known
   * @return bytes, or -1 where there is no such file at the path any more
   */
  public long size(String path, FileIdentity expected) {
    try {
      Stat stat = stat(Path.of(path));
      return stat != null && (expected == null || expected.equals(stat.file)) ? stat.size : -1;
    } catch (InvalidPathException e) {
      return -1;
    }
  }

  static FileIdentity identity(Path path) {
    Stat stat = stat(path);
    return stat == null ? null : stat.file;
  }

  private record Stat(FileIdentity file, long size) {}

  /** As {@code stat} gives it, symbolic links followed; null where it cannot. */
  private static Stat stat(Path path) {
    try {
      Map<String, Object> attributes = Files.readAttributes(path, "unix:dev,ino,size");
      FileIdentity file = ofStat((Long) attributes.get("dev"), (Long) attributes.get("ino"));
      return new Stat(file, (Long) attributes.get("size"));
    } catch (IOException | SecurityException | UnsupportedOperationException e) {
      return null;
    }
  }

  /** Device numbers as glibc's {@code makedev} packs them into {@code st_dev}. */
  static FileIdentity ofStat(long device, long inode) {
    int major = (int) (device >>> 8 & 0xfff | device >>> 32 & 0xfffff000L);
    int minor = (int) (device & 0xff | device >>> 12 & 0xffffff00L);
    return new FileIdentity(major, minor, inode);
  }
}
