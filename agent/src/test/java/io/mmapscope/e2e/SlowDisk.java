package io.mmapscope.e2e;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;

/**
 * A file system in this process (FUSE) with one file, one page of which takes its time. It speaks the kernel's protocol
 * itself, {@code include/uapi/linux/fuse.h}: 7.31, without read-ahead, so that each page is asked for by itself.
 */
final class SlowDisk implements AutoCloseable {

  static final int PAGE = 4096;
  static final String FILE = "slow.dat";

  private static final int PAGES = 64;
  private static final int IN_HEADER = 40;
  private static final int OUT_HEADER = 16;
  private static final int ATTRIBUTES = 88;
  private static final int ROOT = 1;
  private static final int FILE_NODE = 2;
  private static final int ENOENT = 2;
  private static final int ENOSYS = 38;
  private static final int O_RDWR = 2;
  private static final int MNT_DETACH = 2;
  private static final int LOOKUP = 1;
  private static final int FORGET = 2;
  private static final int GETATTR = 3;
  private static final int OPEN = 14;
  private static final int READ = 15;
  private static final int RELEASE = 18;
  private static final int FLUSH = 25;
  private static final int INIT = 26;
  private static final int BATCH_FORGET = 42;

  /** What it takes of the C library. */
  static final class C {
    static {
      Native.register(C.class, "c");
    }

    private C() {}

    static native int open(String path, int flags);

    static native int close(int fd);

    static native long read(int fd, Memory buffer, long size);

    static native long write(int fd, Memory buffer, long size);

    static native int mount(String source, String target, String type, long flags, String data);

    static native int umount2(String target, int flags);
  }

  private final Path directory;
  private final int slowPage;
  private final Duration delay;
  private final int device;
  private final Memory request = new Memory(256 << 10);
  private final Memory answer = new Memory(256 << 10);
  private final Thread thread;

  /** Skips the test, with the reason, where there is no FUSE. */
  SlowDisk(Path directory, int slowPage, Duration delay) {
    Assumptions.assumeTrue(Files.isReadable(Path.of("/dev/fuse")), "no /dev/fuse that this user may open");
    this.directory = directory;
    this.slowPage = slowPage;
    this.delay = delay;
    this.device = C.open("/dev/fuse", O_RDWR);
    String options = "fd=" + device + ",rootmode=40000,user_id=0,group_id=0,allow_other";
    int mounted = C.mount("mmapscope", directory.toString(), "fuse", 0, options);
    int errno = Native.getLastError();
    Assumptions.assumeTrue(mounted == 0, () -> "mount(2) of a FUSE file system: errno " + errno);
    this.thread = new Thread(this::serve, "slow-disk");
    thread.setDaemon(true);
    thread.start();
  }

  Path file() {
    return directory.resolve(FILE);
  }

  @Override
  public void close() {
    C.umount2(directory.toString(), MNT_DETACH);
    C.close(device);
  }

  private void serve() {
    while (C.read(device, request, request.size()) > 0) {
      ByteBuffer in = request.getByteBuffer(0, request.size()).order(ByteOrder.nativeOrder());
      ByteBuffer out = answer.getByteBuffer(0, answer.size()).order(ByteOrder.nativeOrder());
      int opcode = in.getInt(4);
      if (opcode != FORGET && opcode != BATCH_FORGET) {
        int error = answer(opcode, in, out.position(OUT_HEADER));
        int length = error == 0 ? out.position() : OUT_HEADER;
        out.putInt(0, length).putInt(4, -error).putLong(8, in.getLong(8));
        C.write(device, answer, length);
      }
    }
  }

  /** Writes the answer's body; returns an errno or 0. */
  private int answer(int opcode, ByteBuffer in, ByteBuffer out) {
    long node = in.getLong(16);
    switch (opcode) {
      case INIT -> {
        out.putInt(7).putInt(31).putInt(0).putInt(0).putShort((short) 16).putShort((short) 12).putInt(PAGE).putInt(1);
        out.position(OUT_HEADER + 64);
      }
      case LOOKUP -> {
        byte[] name = new byte[FILE.length()];
        in.get(IN_HEADER, name);
        if (!FILE.equals(new String(name, StandardCharsets.US_ASCII))) {
          return ENOENT;
        }
        out.putLong(FILE_NODE).putLong(0).putLong(3600).putLong(3600).putInt(0).putInt(0);
        attributes(out, FILE_NODE);
      }
      case GETATTR -> attributes(out.putLong(3600).putInt(0).putInt(0), node);
      case OPEN -> out.putLong(0).putInt(0).putInt(0);
      case READ -> read(in.getLong(IN_HEADER + 8), in.getInt(IN_HEADER + 16), out);
      case RELEASE, FLUSH -> {
        // Nothing is kept for an open file.
      }
      default -> {
        return ENOSYS;
      }
    }
    return 0;
  }

  private static void attributes(ByteBuffer out, long node) {
    int end = out.position() + ATTRIBUTES;
    out.putLong(node).putLong(node == ROOT ? 0 : PAGES * PAGE).putLong(0).putLong(0).putLong(0).putLong(0);
    out.putInt(0).putInt(0).putInt(0).putInt(node == ROOT ? 0040755 : 0100644).putInt(1);
    out.position(end);
  }

  private void read(long offset, int size, ByteBuffer out) {
    if (offset <= (long) slowPage * PAGE && (long) slowPage * PAGE < offset + size) {
      try {
        Thread.sleep(delay.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    int end = (int) Math.min(PAGES * PAGE, offset + size);
    for (long at = offset; at < end; at++) {
      out.put((byte) (at / PAGE));
    }
  }
}
