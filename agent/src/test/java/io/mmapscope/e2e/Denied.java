package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;

/** A program that runs a command under a real seccomp filter. */
final class Denied {

  private static final String SOURCE = "src/test/resources/deny.c";

  private final Path program;

  private Denied(Path program) {
    this.program = program;
  }

  static Denied compile(Path directory) throws Exception {
    Path program = directory.resolve("deny");
    Process cc =
        new ProcessBuilder("cc", "-Wall", "-Werror", "-o", program.toString(), SOURCE).redirectErrorStream(true).start();
    String output = new String(cc.getInputStream().readAllBytes());
    assertThat(cc.waitFor()).as(output).isZero();
    return new Denied(program);
  }

  /** What to run before a command whose bpf(2) fails so. */
  String[] bpf(int errno) {
    return new String[] {program.toString(), Integer.toString(errno), "bpf"};
  }

  /** The same with perf_event_open(2) instead. */
  String[] perf(int errno) {
    return new String[] {program.toString(), Integer.toString(errno), "perf"};
  }

  /** The same with both. */
  String[] bpfAndPerf(int errno) {
    return new String[] {program.toString(), Integer.toString(errno), "both"};
  }
}
