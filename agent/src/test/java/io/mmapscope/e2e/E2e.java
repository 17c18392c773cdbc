package io.mmapscope.e2e;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the end-to-end tests share: a workspace and a collector a test. */
abstract class E2e {

  /** What the agent says on stderr when all is well with it and the kernel. */
  static final String START_LINE = "mmapscope \\d+\\.\\d+\\.\\d+: \\d+ of \\d+ hooks on Linux .*";

  /** What it says where it may not load BPF. */
  static final String DEGRADED_LINE = "mmapscope \\d+\\.\\d+\\.\\d+: no kernel events: .*CAP_BPF.*CAP_PERFMON.*";

  Workspace workspace;
  Collector collector;

  @BeforeEach
  void open() throws Exception {
    workspace = new Workspace();
    collector = new Collector();
  }

  @AfterEach
  void close() {
    collector.close();
    workspace.close();
  }

  /** A JVM with the agent that sends every span to the collector. */
  AgentJvm jvm(Jdk jdk) {
    return new AgentJvm(workspace, jdk)
        .setting("span.min-duration", "0ms")
        .collector(collector)
        .jvmOptions("--add-opens=java.base/java.nio=ALL-UNNAMED", "--enable-native-access=ALL-UNNAMED");
  }
}
