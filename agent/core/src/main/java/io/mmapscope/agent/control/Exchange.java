package io.mmapscope.agent.control;

import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One request of a command and the agent's answer, over a socket of the command's. The command has the JVM load the
 * agent with the argument {@code control=SOCKET}, which the JVM allows to its own user only; nothing listens in the JVM,
 * and neither side leaves a file.
 *
 * <pre>
 *   command ──► agent    the request's name, a line end, its argument
 *   agent ──► command    "ok" or "error", a line end, what there is to be printed
 * </pre>
 *
 * Either text is UTF-8 and goes to the end of the stream.
 */
public final class Exchange implements Closeable {

  /** What the agent's argument begins with. */
  public static final String ARGUMENT = "control=";

  public static final String ATTACH = "attach";
  public static final String DETACH = "detach";
  public static final String MAPPINGS = "mappings";
  /** Argument of {@link #MAPPINGS}. */
  public static final String JSON = "json";

  public static final String OK = "ok";
  public static final String ERROR = "error";

  private final SocketChannel channel;
  private final Writer answer;
  private final String request;
  private boolean begun;

  private Exchange(SocketChannel channel) throws IOException {
    this.channel = channel;
    this.request = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    this.answer =
        new BufferedWriter(new OutputStreamWriter(Channels.newOutputStream(channel), StandardCharsets.UTF_8));
  }

  /** Connects to the command that waits at a socket, and reads its request. */
  public static Exchange accept(String socket) throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    try {
      return new Exchange(channel);
    } catch (IOException | RuntimeException failure) {
      channel.close();
      throw failure;
    }
  }

  /** What is asked for. */
  public String name() {
    int end = request.indexOf('\n');
    return end < 0 ? request : request.substring(0, end);
  }

  public String argument() {
    int end = request.indexOf('\n');
    return end < 0 ? "" : request.substring(end + 1);
  }

  /** Begins the answer to a request that is granted; what is to be printed goes there. */
  public Appendable ok() throws IOException {
    begun = true;
    return answer.append(OK).append('\n');
  }

  /** Answers a request that is refused, or that failed: the whole answer. */
  public void error(String message) throws IOException {
    if (!begun) {
      begun = true;
      answer.append(ERROR).append('\n').append(message).append('\n');
    }
  }

  @Override
  public void close() throws IOException {
    try (channel) {
      answer.flush();
    }
  }
}
