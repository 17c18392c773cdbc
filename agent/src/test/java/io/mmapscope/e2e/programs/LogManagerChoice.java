package io.mmapscope.e2e.programs;

import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.logging.LogManager;

/**
 * Chooses its log manager only after a while, as application servers do in their main, and prints the class of the one
 * it has got. Arguments: a file; a port of this host to send an HTTP request to meanwhile, or nothing.
 */
public final class LogManagerChoice {

  /** The one chosen. */
  public static final class Chosen extends LogManager {}

  private LogManagerChoice() {}

  public static void main(String[] args) throws Exception {
    try (FileChannel channel =
        FileChannel.open(
            Path.of(args[0]), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer buffer = channel.map(FileChannel.MapMode.READ_WRITE, 0, 4096);
      buffer.put(0, (byte) 1);
      buffer.force();
    }
    Thread.sleep(2_000);
    if (args.length > 1) {
      System.out.println(statusLine(Integer.parseInt(args[1])));
    }
    Thread.sleep(1_000);
    System.setProperty("java.util.logging.manager", Chosen.class.getName());
    System.out.println(LogManager.getLogManager().getClass().getName());
  }

  /** With a bare socket, because the JDK's clients have loggers too. */
  private static String statusLine(int port) throws IOException {
    try (Socket socket = new Socket("localhost", port)) {
      OutputStream out = socket.getOutputStream();
      out.write("GET /metrics HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answer.lines().findFirst().orElse("no answer");
    }
  }
}
