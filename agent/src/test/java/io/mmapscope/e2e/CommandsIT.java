package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.AgentJvm.Result;
import org.junit.jupiter.params.ParameterizedTest;

/** {@code java -jar mmapscope.jar …}. */
class CommandsIT extends E2e {

  private Result command(Jdk jdk, String... arguments) throws Exception {
    return new AgentJvm(workspace, jdk).command(arguments).run();
  }

  @ParameterizedTest
  @Jdks
  void version(Jdk jdk) throws Exception {
    Result result = command(jdk, "version").succeeded();
    assertThat(result.stdout()).matches("mmapscope \\d+\\.\\d+\\.\\d+\ncommit \\w+\nlibbpf \\d+\\.\\d+\n");
    assertThat(result.stderr()).isEmpty();
  }

  @ParameterizedTest
  @Jdks
  void doctorFindsAWayForEachEvent(Jdk jdk) throws Exception {
    Result text = command(jdk, "doctor").succeeded();
    assertThat(text.stdout())
        .containsPattern("(?m)^remap_file_pages +(fexit|kprobe|tracepoint) ")
        .containsPattern("(?m)^update_mmap_zero_pfn +absent: ")
        .containsPattern("(\\d+) of \\1 hooks");
    assertThat(text.stderr()).isEmpty();
    Result json = command(jdk, "doctor", "--json").succeeded();
    assertThat(json.stdout()).startsWith("{").contains("\"exit_code\": 0");
  }

  @ParameterizedTest
  @Jdks
  void doctorWithoutPrivilegesSaysWhatToDo(Jdk jdk) throws Exception {
    Result result =
        new AgentJvm(workspace, jdk).command("doctor").under(DegradedIT.NOBODY).run();
    assertThat(result.exitCode()).as("of %s", result).isEqualTo(2);
    assertThat(result.stdout()).contains("no kernel events: ").contains("EPERM").contains("--cap-add");
    assertThat(result.stdout())
        .containsPattern("(?m)^mmap +not attached$")
        .containsPattern("(?m)^ +not tracepoint syscalls/sys_enter_mmap: .*(EPERM|EACCES|tracefs)");
    assertThat(result.stderr()).isEmpty();
  }

  @ParameterizedTest
  @Jdks
  void noCommandIsWrongUsage(Jdk jdk) throws Exception {
    Result result = command(jdk);
    assertThat(result.exitCode()).as("of %s", result).isEqualTo(2);
    assertThat(result.stderr()).contains("doctor").contains("version");
    assertThat(result.stdout()).isEmpty();
  }
}
