package io.mmapscope.agent.kernel;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a test needs to load programs. Where it has it and the kernel refuses all the same, the test fails. */
final class Privileges {

  private static final int CAP_SYS_ADMIN = 21;

  private Privileges() {}

  static void assumeBpf() throws IOException {
    long effective =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("CapEff:"))
            .mapToLong(line -> Long.parseUnsignedLong(line.substring("CapEff:".length()).trim(), 16))
            .findFirst()
            .orElseThrow();
    assumeTrue((effective >>> CAP_SYS_ADMIN & 1) != 0, "needs root: BPF programs cannot be loaded without");
  }
}
