package io.mmapscope.e2e.programs;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Maps, forces, loads and unmaps once from each of several places. Arguments: a data file, a file for the truth. */
public final class MapOperations {

  private final Truth truth = new Truth();
  private final Path file;

  private MapOperations(Path file) {
    this.file = file;
  }

  public static void main(String[] args) throws Exception {
    MapOperations operations = new MapOperations(Path.of(args[0]));
    try (FileChannel channel =
        FileChannel.open(
            operations.file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      operations.readOnly(channel);
      operations.readWrite(channel);
      operations.copyOnWrite(channel);
    }
    Truth.write(Path.of(args[1]), List.of(operations.truth));
    System.out.println("done");
  }

  private void readWrite(FileChannel channel) throws IOException {
    Here origin = Here.now(); MappedByteBuffer buffer = channel.map(MapMode.READ_WRITE, 8192, 65536);
    long address = Buffers.addressOf(buffer);
    truth.add("FileChannel.map", origin, address, 65536, 8192, null, file);
    buffer.put(100, (byte) 1);
    Here here = Here.now(); buffer.force();
    truth.add("MappedByteBuffer.force", here, address, 65536, -1, origin, file);
    here = Here.now(); buffer.force(5000, 300);
    truth.add("MappedByteBuffer.force", here, address + 5000, 300, -1, origin, file);
    here = Here.now(); Buffers.UNSAFE.invokeCleaner(buffer);
    truth.add("FileChannel.unmap", here, address, 65536, -1, origin, file);
  }

  private void readOnly(FileChannel channel) throws IOException {
    channel.truncate(0).write(java.nio.ByteBuffer.allocate(200_000));
    // An offset that is no multiple of a page.
    Here origin = Here.now(); MappedByteBuffer buffer = channel.map(MapMode.READ_ONLY, 4097, 10_000);
    long address = Buffers.addressOf(buffer);
    truth.add("FileChannel.map", origin, address, 10_000, 4097, null, file);
    Here here = Here.now(); buffer.load();
    truth.add("MappedByteBuffer.load", here, address, 10_000, -1, origin, file);
    here = Here.now(); Buffers.UNSAFE.invokeCleaner(buffer);
    truth.add("FileChannel.unmap", here, address, 10_000, -1, origin, file);
  }

  private void copyOnWrite(FileChannel channel) throws IOException {
    Here origin = Here.now(); MappedByteBuffer buffer = channel.map(MapMode.PRIVATE, 0, 4096);
    long address = Buffers.addressOf(buffer);
    truth.add("FileChannel.map", origin, address, 4096, 0, null, file);
    Here here = Here.now(); Buffers.UNSAFE.invokeCleaner(buffer);
    truth.add("FileChannel.unmap", here, address, 4096, -1, origin, file);
  }
}
