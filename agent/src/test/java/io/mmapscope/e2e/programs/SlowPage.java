package io.mmapscope.e2e.programs;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;

/**
 * Reads one page of a mapped file within a span. Arguments: a directory, the agent's Prometheus page's port, the file,
 * the page. Prints {@code request TRACE SPAN LINE}: its ids, and the line that mapped.
 */
public final class SlowPage {

  private SlowPage() {}

  public static void main(String[] args) throws Exception {
    Ready.await(new Scrape(Integer.parseInt(args[1])), Path.of(args[0]));
    int page = Integer.parseInt(args[3]);
    try (FileChannel channel = FileChannel.open(Path.of(args[2]))) {
      Here here = Here.now(); MappedByteBuffer buffer = channel.map(MapMode.READ_ONLY, 0, channel.size());
      Libc.madvise(Buffers.addressOf(buffer), channel.size(), Libc.MADV_RANDOM);
      for (int i = 0; i < 20_000; i++) {
        read(buffer, 0);
      }
      Span span = Touches.TRACER.get("slow").spanBuilder("request").startSpan();
      try (Scope scope = span.makeCurrent()) {
        if (read(buffer, page * Touches.PAGE + 123) != page) {
          throw new IllegalStateException("not the page's content");
        }
      }
      span.end();
      System.out.println(
          "request " + span.getSpanContext().getTraceId() + ' ' + span.getSpanContext().getSpanId() + ' ' + here.line());
    }
  }

  private static byte read(MappedByteBuffer buffer, int offset) {
    return buffer.get(offset);
  }
}
