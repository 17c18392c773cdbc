package io.mmapscope.e2e.programs;

import java.lang.reflect.Method;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A mapped memory segment (JDK 22 and later, so by reflection): map, load, force, and unmapped with its arena.
 * Arguments: a data file, a file for the truth.
 */
public final class SegmentOperations {

  private static final long LENGTH = 20_000;
  private static final long OFFSET = 12_288;

  private SegmentOperations() {}

  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[0]);
    Truth truth = new Truth();
    Class<?> arenas = Class.forName("java.lang.foreign.Arena");
    Class<?> segments = Class.forName("java.lang.foreign.MemorySegment");
    Method map = FileChannel.class.getMethod("map", MapMode.class, long.class, long.class, arenas);
    Method load = segments.getMethod("load");
    Method force = segments.getMethod("force");
    Method close = arenas.getMethod("close");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      Object arena = arenas.getMethod("ofShared").invoke(null);
      Here origin = Here.now(); Object segment = map.invoke(channel, MapMode.READ_WRITE, OFFSET, LENGTH, arena);
      long address = (long) segments.getMethod("address").invoke(segment);
      truth.add("FileChannel.map", origin, address, LENGTH, OFFSET, null, file);
      Here here = Here.now(); load.invoke(segment);
      truth.add("MappedByteBuffer.load", here, address, LENGTH, -1, origin, file);
      here = Here.now(); force.invoke(segment);
      truth.add("MappedByteBuffer.force", here, address, LENGTH, -1, origin, file);
      here = Here.now(); close.invoke(arena);
      truth.add("FileChannel.unmap", here, address, LENGTH, -1, origin, file);
    }
    Truth.write(Path.of(args[1]), List.of(truth));
    System.out.println("done");
  }
}
