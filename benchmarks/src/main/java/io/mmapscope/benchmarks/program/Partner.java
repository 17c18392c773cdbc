package io.mmapscope.benchmarks.program;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A JVM that another process is measured beside: on {@code map} it maps and unmaps without a pause, on {@code rest} it
 * does nothing, and ends where its standard input does. Says {@code ready} when it does what it was told.
 *
 * <p>Arguments: file, class name of the {@link Mapping}.
 */
public final class Partner {

  private static volatile boolean mapping;

  private Partner() {}

  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    Mapping how = MapLoop.mapping(arguments[1]);
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Thread worker = null;
    for (String command; (command = commands.readLine()) != null; ) {
      mapping = command.equals("map");
      if (mapping) {
        worker = new Thread(() -> map(file, how));
        worker.setDaemon(true);
        worker.start();
      } else if (worker != null) {
        worker.join();
      }
      System.out.println("ready");
    }
  }

  private static void map(Path file, Mapping how) {
    try (FileChannel channel = FileChannel.open(file)) {
      while (mapping) {
        how.mapAndUnmap(channel, 0);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
