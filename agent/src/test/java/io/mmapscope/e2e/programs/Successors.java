package io.mmapscope.e2e.programs;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Maps a file a number of times, then in a burst that no small queue can hold unmaps that and maps the same again from
 * another place, mostly at the same addresses. After a while loads each of these. Argument: a data file.
 */
public final class Successors {

  private static final int COUNT = 40;
  private static final int BURST = 3000;
  private static final int CATCH_UP_MILLIS = 4000;

  private final FileChannel channel;

  private Successors(FileChannel channel) {
    this.channel = channel;
  }

  public static void main(String[] args) throws Exception {
    Path file = Files.write(Path.of(args[0]), new byte[8192]);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Successors successors = new Successors(channel);
      List<MappedByteBuffer> first = new ArrayList<>();
      List<MappedByteBuffer> second = new ArrayList<>();
      for (int i = 0; i < COUNT; i++) {
        first.add(successors.predecessor());
        // Slowly, so that these are known.
        Thread.sleep(20);
      }
      successors.burst();
      first.forEach(Buffers.UNSAFE::invokeCleaner);
      for (int i = 0; i < COUNT; i++) {
        second.add(successors.successor());
      }
      successors.burst();
      Thread.sleep(CATCH_UP_MILLIS);
      for (MappedByteBuffer buffer : second) {
        buffer.load();
        Thread.sleep(2);
      }
    }
    System.out.println("done");
  }

  private void burst() throws IOException {
    for (int i = 0; i < BURST; i++) {
      Buffers.UNSAFE.invokeCleaner(predecessor());
    }
  }

  private MappedByteBuffer predecessor() throws IOException {
    return channel.map(MapMode.READ_ONLY, 0, 8192);
  }

  private MappedByteBuffer successor() throws IOException {
    return channel.map(MapMode.READ_ONLY, 0, 8192);
  }
}
