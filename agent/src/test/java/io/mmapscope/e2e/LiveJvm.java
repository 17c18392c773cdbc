package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A test program that runs. Ended when closed. */
final class LiveJvm implements AutoCloseable {

  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final Process process;
  private final Path stdout;
  private final Path stderr;
  private final long startNanos = System.nanoTime();
  private int linesRead;

  LiveJvm(Process process, Path stdout, Path stderr) {
    this.process = process;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  long pid() {
    return process.pid();
  }

  /** {@code /proc/PID} and what is below. */
  Path proc(String file) {
    return Path.of("/proc", String.valueOf(pid()), file);
  }

  String stderr() throws IOException {
    return Files.readString(stderr);
  }

  /** Writes a line to it, and returns the lines that it writes until {@code end}, without that. */
  List<String> ask(String line) throws IOException, InterruptedException {
    say(line);
    return answer();
  }

  /** Writes a line to it. */
  void say(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
  }

  /** The lines that it writes until {@code end}, without that. */
  List<String> answer() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + LONGEST.toNanos();
    while (System.nanoTime() - deadline < 0) {
      List<String> lines = Files.readAllLines(stdout);
      List<String> more = lines.subList(Math.min(linesRead, lines.size()), lines.size());
      int end = more.indexOf("end");
      if (end >= 0) {
        linesRead += end + 1;
        return List.copyOf(more.subList(0, end));
      }
      assertThat(process.isAlive()).as("alive; stderr: %s", stderr()).isTrue();
      Thread.sleep(20);
    }
    throw new AssertionError("no answer within " + LONGEST + "; stderr: " + stderr());
  }

  /** Sends a signal, e.g. {@code KILL}. */
  void signal(String name) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(pid())).start().waitFor()).isZero();
  }

  /** Waits for its end and returns what came of it. */
  AgentJvm.Result result(Duration timeout) throws IOException, InterruptedException {
    boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
    Duration elapsed = Duration.ofNanos(System.nanoTime() - startNanos);
    close();
    AgentJvm.Result result =
        new AgentJvm.Result(
            ended ? process.exitValue() : -1, Files.readString(stdout), Files.readString(stderr), elapsed);
    assertThat(ended).as("ended within %s: %s", timeout, result).isTrue();
    return result;
  }

  @Override
  public void close() throws InterruptedException {
    if (process.isAlive()) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
  }
}
