package io.mmapscope.agent.ledger;

import io.mmapscope.agent.model.FileIdentity;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reader of {@code /proc/PID/maps}, whose format is {@code show_map_vma} in the kernel's {@code fs/proc/task_mmu.c}.
 * The kernel writes it a page at a time: each line is right, but two lines may be of different moments.
 *
 * <p>A newline in a path is written as {@code \012}; a path that holds these four characters themselves cannot be told
 * from it, nor a path that really ends in {@code " (deleted)"} from a deleted file.
 */
public final class MapsFile {

  /** The list of this process. */
  public static final Path SELF = Path.of("/proc/self/maps");

  private static final byte[] DELETED = " (deleted)".getBytes(StandardCharsets.US_ASCII);
  private static final String NEWLINE = "\\012";
  private static final String SHARED_ANONYMOUS = "/dev/zero";

  /**
   * What was read.
   *
   * @param lines in the file's order, which is by address
   * @param skipped lines that could not be understood
   * @param firstSkipped the first of them, cut to 200 bytes; null where there is none
   */
  public record Listing(List<MapsLine> lines, int skipped, String firstSkipped) {}

  private final byte[] bytes;
  private int at;
  private int end;
  private MapsLine previous;
  private byte[] previousName = {};

  private MapsFile(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads the list.
   *
   * @throws IOException where the file cannot be read
   */
  public static Listing read(Path file) throws IOException {
    try (InputStream in = new FileInputStream(file.toFile())) {
      return parse(in.readAllBytes());
    }
  }

  /** Reads lines from memory. A corrupt line is skipped and counted, the others are kept. */
  public static Listing parse(byte[] bytes) {
    return new MapsFile(bytes).lines();
  }

  private Listing lines() {
    List<MapsLine> lines = new ArrayList<>(bytes.length / 90 + 1);
    int skipped = 0;
    String firstSkipped = null;
    int start = 0;
    while (start < bytes.length) {
      end = start;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      at = start;
      MapsLine line = line();
      if (line != null) {
        lines.add(line);
        previous = line;
      } else if (end > start && skipped++ == 0) {
        firstSkipped = new String(bytes, start, Math.min(end - start, 200), StandardCharsets.UTF_8);
      }
      start = end + 1;
    }
    return new Listing(lines, skipped, firstSkipped);
  }

  /** {@code 7f5e10000000-7f5e10021000 rw-p 00000000 fd:01 1234   /path}; null where it is not of that form. */
  private MapsLine line() {
    if (!digits(16)) {
      return null;
    }
    long start = hexadecimal();
    if (!skip('-') || !digits(16)) {
      return null;
    }
    long rangeEnd = hexadecimal();
    if (!skip(' ') || end - at < 5 || Long.compareUnsigned(start, rangeEnd) >= 0) {
      return null;
    }
    String permissions = permissions();
    if (permissions == null || !skip(' ') || !digits(16)) {
      return null;
    }
    long offset = hexadecimal();
    if (!skip(' ') || !digits(16)) {
      return null;
    }
    int major = (int) hexadecimal();
    if (!skip(':') || !digits(16)) {
      return null;
    }
    int minor = (int) hexadecimal();
    if (!skip(' ') || !digits(10)) {
      return null;
    }
    long inode = decimal();
    if (at < end && bytes[at] != ' ') {
      return null;
    }
    return line(start, rangeEnd, permissions, offset, new FileIdentity(major, minor, inode));
  }

  private MapsLine line(long start, long rangeEnd, String permissions, long offset, FileIdentity identity) {
    while (at < end && bytes[at] == ' ') {
      at++;
    }
    int nameEnd = end;
    boolean deleted = endsWith(DELETED);
    if (deleted) {
      nameEnd -= DELETED.length;
    }
    String name = name(nameEnd);
    boolean anonymous = identity.inode() == 0 || deleted && name.equals(SHARED_ANONYMOUS);
    FileIdentity file = anonymous ? null : identity;
    if (!anonymous && previous != null && identity.equals(previous.file())) {
      file = previous.file(); // one object for the many lines of one file
    }
    return new MapsLine(start, rangeEnd, permissions, anonymous ? 0 : offset, file, name, deleted);
  }

  private String permissions() {
    for (int i = 0; i < 3; i++) {
      if (bytes[at + i] != "rwx".charAt(i) && bytes[at + i] != '-') {
        return null;
      }
    }
    if (bytes[at + 3] != 'p' && bytes[at + 3] != 's') {
      return null;
    }
    String text = new String(bytes, at, 4, StandardCharsets.ISO_8859_1);
    at += 4;
    return previous != null && previous.permissions().equals(text) ? previous.permissions() : text;
  }

  private String name(int nameEnd) {
    if (previous != null && Arrays.equals(bytes, at, nameEnd, previousName, 0, previousName.length)) {
      return previous.name();
    }
    previousName = Arrays.copyOfRange(bytes, at, nameEnd);
    String name = new String(previousName, StandardCharsets.UTF_8);
    return name.replace(NEWLINE, "\n");
  }

  private boolean endsWith(byte[] suffix) {
    int from = end - suffix.length;
    return from >= at && Arrays.equals(bytes, from, end, suffix, 0, suffix.length);
  }

  private boolean skip(char expected) {
    return at < end && bytes[at++] == expected;
  }

  private boolean digits(int radix) {
    return at < end && Character.digit(bytes[at], radix) >= 0;
  }

  /** At most 16 digits: what is longer leaves its rest, which no field begins with. */
  private long hexadecimal() {
    long value = 0;
    int digit;
    int last = Math.min(end, at + 16);
    while (at < last && (digit = Character.digit(bytes[at], 16)) >= 0) {
      value = value << 4 | digit;
      at++;
    }
    return value;
  }

  private long decimal() {
    long value = 0;
    int last = Math.min(end, at + 20);
    while (at < last && bytes[at] >= '0' && bytes[at] <= '9') {
      value = value * 10 + bytes[at++] - '0';
    }
    return value;
  }
}
