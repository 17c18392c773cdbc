package io.mmapscope.agent.cli;

import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where the agent in the target JVM finds the command: a socket in a directory that only the target's user can enter,
 * in the target's own {@code /tmp}, which the JVM needs for being attached to anyway. Gone as soon as the agent is
 * there.
 */
final class Rendezvous implements Closeable {

  private final ServerSocketChannel server;
  private final Path directory;
  private final String inTarget;
  private final String jar;
  private final Thread interrupted = new Thread(this::remove);

  private Rendezvous(ServerSocketChannel server, Path directory, String inTarget, String jar) {
    this.server = server;
    this.directory = directory;
    this.inTarget = inTarget;
    this.jar = jar;
  }

  /** @param jar the agent's, as this process has it */
  static Rendezvous open(TargetProcess target, Path jar) throws TargetException {
    String name = "/tmp/mmapscope-" + ProcessHandle.current().pid() + "-" + System.nanoTime();
    Path directory = target.here(name);
    try {
      String there = jarInTarget(target, jar);
      Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Rendezvous rendezvous =
          new Rendezvous(ServerSocketChannel.open(StandardProtocolFamily.UNIX), directory, name, there);
      // For an end by a signal. kill -9 leaves an empty directory.
      Runtime.getRuntime().addShutdownHook(rendezvous.interrupted);
      rendezvous.listen((int) target.user());
      return rendezvous;
    } catch (IOException failure) {
      throw new TargetException("cannot make a socket in " + directory.getParent() + ": " + failure, failure);
    }
  }

  private static String jarInTarget(TargetProcess target, Path jar) throws IOException, TargetException {
    if (target.otherMounts() && !Files.exists(target.here(jar.toString()))) {
      throw new TargetException(
          "the JVM " + target.pid() + " is in a container, where there is no " + jar + ": copy it, cp " + jar + " "
              + target.here(jar.toString()) + " (or docker cp, kubectl cp), and try again");
    }
    return jar.toString();
  }

  private Path file() {
    return directory.resolve("socket");
  }

  private void listen(int user) throws IOException {
    server.bind(UnixDomainSocketAddress.of(file()));
    Files.setAttribute(file(), "unix:uid", user);
    Files.setAttribute(directory, "unix:uid", user);
  }

  /** The jar's path as the target has it. */
  String jar() {
    return jar;
  }

  /** The socket's path as the target has it. */
  String socket() {
    return inTarget + "/socket";
  }

  /** Waits for the agent, asks it, and returns the whole of its answer; null where it does not come. */
  String exchange(String request) throws TargetException {
    try (SocketChannel agent = server.accept()) {
      remove();
      agent.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
      agent.shutdownOutput();
      // All of it before any is printed: who pages through the output must not keep the JVM waiting.
      return new String(Channels.newInputStream(agent).readAllBytes(), StandardCharsets.UTF_8);
    } catch (ClosedChannelException gaveUp) {
      return null;
    } catch (IOException failure) {
      throw new TargetException("lost the connection to the JVM: " + failure.getMessage(), failure);
    }
  }

  /** Has {@link #exchange} wait no longer for an agent that is not there yet. */
  void giveUp() {
    try {
      server.close();
    } catch (IOException closedAnyhow) {
      // Then there is nothing to wait for.
    }
  }

  private void remove() {
    try {
      Files.deleteIfExists(file());
      Files.deleteIfExists(directory);
    } catch (IOException stays) {
      // An empty directory, where nothing else could be done about it.
    }
  }

  @Override
  public void close() {
    giveUp();
    remove();
    try {
      Runtime.getRuntime().removeShutdownHook(interrupted);
    } catch (IllegalStateException exiting) {
      // Then it runs.
    }
  }
}
