package io.mmapscope.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.kernel.Capabilities;
import io.mmapscope.agent.kernel.Machine;
import io.mmapscope.agent.model.HookStatus;
import io.mmapscope.agent.model.HookStatus.Refusal;
import io.mmapscope.agent.model.Level;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {

  private static final HookStatus ATTACHED =
      new HookStatus(
          "mmap",
          false,
          "tracepoint",
          "syscalls/sys_enter_mmap",
          List.of(new Refusal("fexit", "__x64_sys_mmap", "bpf(2) EPERM", List.of("R9 !read_ok", "processed 1 insns"))),
          List.of("tp_btf"));
  private static final HookStatus MISSING =
      new HookStatus(
          "remap", false, null, null, List.of(new Refusal("kprobe", "f", "no such symbol", List.of())), List.of());
  private static final HookStatus INNER =
      new HookStatus(
          "do_mmap", true, null, null, List.of(new Refusal("kprobe", "do_mmap", "no such symbol", List.of())), List.of());

  private static final Target NO_TARGET =
      (pid, request, argument) -> {
        throw new TargetException("no process " + pid);
      };

  private static final KernelProbe.Attempt NO_BPF =
      new KernelProbe.Attempt(List.of(), "bpf(2) EPERM", Set.of(), Level.JAVA, "perf_event_open(2) EACCES");

  private static final HookStatus ABSENT = new HookStatus("do_mmap_pgoff", true, null, null, List.of(), List.of());

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private record Fixed(String libbpfVersion, Attempt attempt) implements KernelProbe {}

  private int run(KernelProbe.Attempt attempt, String... args) {
    return Main.run(args, new Fixed("9.9", attempt), NO_TARGET, new PrintWriter(out), new PrintWriter(err));
  }

  private static KernelProbe.Attempt hooks(HookStatus... hooks) {
    return new KernelProbe.Attempt(List.of(hooks), null, Set.of("do_mmap_pgoff"), Level.FULL, null);
  }

  @Test
  void versionShowsVersionCommitAndLibbpf() {
    assertThat(run(hooks(), "version")).isZero();
    assertThat(out.toString().lines())
        .hasSize(3)
        .first()
        .asString()
        .matches("mmapscope \\d+\\.\\d+\\.\\d+");
    assertThat(out.toString().lines().toList().get(1)).matches("commit ([0-9a-f]{7,}|unknown)");
    assertThat(out.toString().lines().toList().get(2)).isEqualTo("libbpf 9.9");
  }

  @Test
  void versionOutlivesALibraryThatCannotBeLoaded() {
    KernelProbe broken =
        new KernelProbe() {
          @Override
          public String libbpfVersion() {
            throw new UnsatisfiedLinkError("noexec");
          }

          @Override
          public Attempt attempt() {
            throw new IllegalStateException("not asked");
          }
        };
    assertThat(Main.run(new String[] {"version"}, broken, NO_TARGET, new PrintWriter(out), new PrintWriter(err))).isZero();
    assertThat(out.toString()).contains("libbpf not available: noexec");
  }

  @Test
  void doctorTellsByItsExitCode() {
    assertThat(run(hooks(ATTACHED), "doctor")).isZero();
    assertThat(run(hooks(ATTACHED, INNER), "doctor")).isZero();
    assertThat(run(hooks(ATTACHED, MISSING), "doctor")).isEqualTo(1);
    assertThat(run(hooks(MISSING), "doctor")).isEqualTo(2);
    assertThat(run(NO_BPF, "doctor")).isEqualTo(2);
  }

  @Test
  void doctorNamesEachHookWithItsWayOrReason() {
    run(hooks(ATTACHED, MISSING, ABSENT), "doctor");
    assertThat(out.toString())
        .containsPattern("do_mmap_pgoff +absent: ")
        .containsPattern("mmap +tracepoint syscalls/sys_enter_mmap\n +not fexit __x64_sys_mmap: bpf\\(2\\) EPERM\n")
        .containsPattern(" +\\| R9 !read_ok\n +\\| processed 1 insns\n")
        .containsPattern("remap +not attached\n +not kprobe f: no such symbol\n")
        .contains("1 of 2 hooks attach")
        .contains(System.getProperty("os.arch"));
  }

  @Test
  void doctorsJsonHasTheSameContent() {
    run(hooks(ATTACHED, MISSING), "doctor", "--json");
    assertThat(out.toString())
        .startsWith("{\n  \"machine\": {\n    \"kernel\": \"")
        .contains("\"event\": \"remap\",\n      \"attached\": false,\n      \"way\": null")
        .contains("\"way\": \"fexit\",\n          \"target\": \"__x64_sys_mmap\",\n          \"reason\": \"bpf(2) EPERM\"")
        .contains("\"not_tried\": [\n        \"tp_btf\"\n      ]")
        .contains("\"verdict\": \"1 of 2 hooks attach\"")
        .contains("\"exit_code\": 1");
  }

  @Test
  void doctorTellsTheLevel() {
    run(hooks(ATTACHED), "doctor");
    assertThat(out.toString()).contains("\nlevel full: ");
    run(NO_BPF, "doctor");
    assertThat(out.toString()).contains("\nlevel java: no page faults, perf_event_open(2) EACCES\n");
    run(NO_BPF, "doctor", "--json");
    assertThat(out.toString())
        .contains("\"level\": \"java\"")
        .contains("\"perf_failure\": \"perf_event_open(2) EACCES\"");
  }

  @Test
  void functionsAreLookedUpInTheKernelsList(@TempDir Path directory) throws Exception {
    Path list = directory.resolve("kallsyms");
    Files.writeString(list, "0 T do_mmap\n0 t do_mmap_read\t[module]\n0 t inner\t[module]\n");
    assertThat(KernelFunctions.absent(list, Set.of("do_mmap", "do_mmap_pgoff", "inner"))).containsExactly("do_mmap_pgoff");
    assertThat(KernelFunctions.absent(directory.resolve("none"), Set.of("do_mmap"))).isEmpty();
  }

  @Test
  void missingCapabilitiesHaveARemedy() {
    Machine plain =
        new Machine(
            "6.1", "amd64", true, "none", 1000L, new Capabilities(0), 2L, 2L, "/t", "disabled", "initial", "initial",
            1L);
    DoctorReport report = DoctorReport.of(plain, NO_BPF);
    assertThat(report.text())
        .contains("no kernel events: bpf(2) EPERM")
        .contains("setcap cap_bpf,cap_perfmon+ep")
        .contains("    securityContext:\n      runAsUser: 0\n      capabilities:\n        add: [BPF, PERFMON]\n")
        .contains("    --cap-add=BPF --cap-add=PERFMON\n")
        .contains("    AmbientCapabilities=CAP_BPF CAP_PERFMON\n")
        .contains("--ambient-caps=+bpf,+perfmon java");
    assertThat(DoctorReport.of(plain, hooks(ATTACHED)).remedies()).isEmpty();
  }

  @Test
  void wrongUsageExitsWith2AndSaysHow() {
    assertThat(run(hooks())).isEqualTo(2);
    assertThat(err.toString()).contains("Missing command").contains("doctor").contains("version");
    assertThat(run(hooks(), "docter")).isEqualTo(2);
    assertThat(err.toString()).contains("docter").contains("Did you mean");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void failureOfACommandIsOneLine() {
    KernelProbe broken =
        new KernelProbe() {
          @Override
          public String libbpfVersion() {
            return "";
          }

          @Override
          public Attempt attempt() {
            throw new IllegalStateException("disk on fire");
          }
        };
    int code = Main.run(new String[] {"doctor"}, broken, NO_TARGET, new PrintWriter(out), new PrintWriter(err));
    assertThat(code).isEqualTo(Main.FAILED);
    assertThat(err.toString().strip())
        .isEqualTo("mmapscope: doctor failed: java.lang.IllegalStateException: disk on fire");
  }

  private int onTarget(Target target, String... args) {
    return Main.run(args, new Fixed("9.9", hooks()), target, new PrintWriter(out), new PrintWriter(err));
  }

  @Test
  void commandsAskTheJvmAndPrintItsAnswer() {
    Target echo = (pid, request, argument) -> pid + " " + request + " [" + argument + "]\n";
    assertThat(onTarget(echo, "attach", "12", "kernel=off", "operations=a.B#c,a.B#d")).isZero();
    assertThat(onTarget(echo, "attach", "12")).isZero();
    assertThat(onTarget(echo, "detach", "13")).isZero();
    assertThat(onTarget(echo, "mappings", "14")).isZero();
    assertThat(onTarget(echo, "mappings", "15", "--json")).isZero();
    assertThat(out.toString())
        .isEqualTo(
            "12 attach [kernel=off;operations=a.B#c,a.B#d]\n12 attach []\n13 detach []\n14 mappings []\n"
                + "15 mappings [json]\n");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void whatTheJvmRefusesIsOneLineAndExitCode1() {
    assertThat(onTarget(NO_TARGET, "mappings", "99")).isEqualTo(1);
    assertThat(err.toString()).isEqualTo("mmapscope: no process 99\n");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aJvmIsNamedByItsNumber() {
    assertThat(onTarget(NO_TARGET, "attach")).isEqualTo(2);
    assertThat(onTarget(NO_TARGET, "attach", "tomcat")).isEqualTo(2);
    assertThat(err.toString()).contains("PID").contains("tomcat");
  }
}
