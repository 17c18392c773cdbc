package io.mmapscope.e2e;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.Busy;
import java.util.ArrayList;
import java.util.List;

/** What the tests of coming and leaving share: a JVM that runs and maps, and the commands. */
abstract class AttachE2e extends E2e {

  static final int THREADS = 4;
  static final int MAPPINGS = 50;

  LiveJvm busy(Jdk jdk) throws Exception {
    LiveJvm jvm =
        jvm(jdk)
            .withoutAgent()
            .jvmOptions("-XX:+EnableDynamicAgentLoading")
            .environment("OTEL_METRIC_EXPORT_INTERVAL", "500")
            .program(Busy.class, workspace.directory("data"), THREADS, MAPPINGS, 200)
            .talking()
            .start();
    jvm.answer();
    return jvm;
  }

  Result command(String name, LiveJvm jvm, String... arguments) throws Exception {
    List<String> all = new ArrayList<>(List.of(name, String.valueOf(jvm.pid())));
    all.addAll(List.of(arguments));
    return new AgentJvm(workspace, Jdk.current()).command(all.toArray(new String[0])).run();
  }
}
