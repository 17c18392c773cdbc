package io.mmapscope.e2e.programs;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Maps 8 pages of a file, cuts it down to one, and reads the sixth within a span. Arguments: a directory, the agent's
 * Prometheus page's port, the file. Prints {@code caught CLASS} and {@code request TRACE SPAN LINE}.
 */
public final class Truncated {

  private static byte seen;

  private Truncated() {}

  public static void main(String[] args) throws Exception {
    Ready.await(new Scrape(Integer.parseInt(args[1])), Path.of(args[0]));
    try (FileChannel channel =
        FileChannel.open(
            Path.of(args[2]), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(8 * Touches.PAGE));
      Here here = Here.now(); MappedByteBuffer buffer = channel.map(MapMode.READ_ONLY, 0, channel.size());
      seen = buffer.get(0);
      channel.truncate(Touches.PAGE);
      Span span = Touches.TRACER.get("truncated").spanBuilder("request").startSpan();
      try (Scope scope = span.makeCurrent()) {
        seen += buffer.get(5 * Touches.PAGE);
      } catch (InternalError error) {
        System.out.println("caught " + error.getClass().getName());
      }
      span.end();
      System.out.println(
          "request " + span.getSpanContext().getTraceId() + ' ' + span.getSpanContext().getSpanId() + ' ' + here.line());
    }
  }
}
