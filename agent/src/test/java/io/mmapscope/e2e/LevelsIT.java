package io.mmapscope.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.e2e.AgentJvm.Result;
import io.mmapscope.e2e.programs.Busy;
import io.mmapscope.e2e.programs.FaultTotals;
import io.mmapscope.e2e.programs.MapOperations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** As much as the process may see, and each level says which it is; the application does what it does without. */
class LevelsIT extends FaultE2e {

  private static final int LEAST_FAULTS = 1_000_000;
  private static final String NO_KERNEL = "mmapscope \\d+\\.\\d+\\.\\d+: no kernel events: ";
  private static final String DOCTOR = " \\(java -jar mmapscope.jar doctor\\); ";
  private static final String PERF = "level perf: page faults counted by perf events, without file and call site";

  /** The capabilities are there, so they are not what is missing. */
  private static final String PROFILE = ", needs a seccomp profile that allows %s\\(2\\)";

  private static final String HELD = ": CAP_BPF and CAP_PERFMON are held";

  @BeforeEach
  void root() {
    Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "only root can give privileges up");
  }

  private Denied denied() throws Exception {
    return Denied.compile(workspace.directory("bin"));
  }

  @Test
  void withNothingDeniedTheLevelIsFull() throws Exception {
    operations("full", START_LINE);
  }

  @ParameterizedTest
  @CsvSource({"1, EPERM", "38, ENOSYS"})
  void whereAFilterDeniesBpfTheLevelIsPerf(int errno, String name) throws Exception {
    String reason = "bpf\\(2\\) " + name + PROFILE.formatted("bpf") + (errno == 1 ? HELD : "");
    operations("perf", NO_KERNEL + reason + DOCTOR + PERF, denied().bpf(errno));
  }

  @ParameterizedTest
  @CsvSource({"1, EPERM", "38, ENOSYS"})
  void whereItDeniesPerfAsWellTheLevelIsJava(int errno, String name) throws Exception {
    String held = errno == 1 ? HELD : "";
    String reason = "bpf\\(2\\) " + name + PROFILE.formatted("bpf") + held;
    String java =
        "level java: no page faults, perf_event_open\\(2\\) " + name + PROFILE.formatted("perf_event_open") + held;
    operations("java", NO_KERNEL + reason + DOCTOR + java, denied().bpfAndPerf(errno));
    assertThat(collector.series("mmap.faults")).isEmpty();
  }

  /** Nothing else is missing; the line has fewer hooks, and {@code doctor} says which. */
  @ParameterizedTest
  @ValueSource(ints = {1, 38})
  void whereItDeniesPerfAloneTheLevelIsFull(int errno) throws Exception {
    operations("full", "mmapscope \\S+: \\d+ of \\d+ hooks on Linux .*", denied().perf(errno));
  }

  /** One for each thread would leave the application without any. */
  @Test
  void descriptorsAreNotTakenFromTheApplication() throws Exception {
    int limit = 700;
    int threads = 300;
    String[] limited = {"prlimit", "--nofile=" + limit};
    String[] denied = Stream.concat(Stream.of(limited), Stream.of(denied().bpf(1))).toArray(String[]::new);
    try (LiveJvm jvm = waiting("one", threads, limited);
        LiveJvm withoutBpf = waiting("other", threads, denied)) {
      // Each thread of the program holds a file open.
      int before = descriptors(jvm);
      int beforeWithoutBpf = descriptors(withoutBpf);
      assertThat(attach(jvm)).containsPattern(" \\d+ of \\d+ hooks ");
      assertThat(attach(withoutBpf))
          .containsPattern("level java: no page faults, perf events would take \\d+ of 700 descriptors, raise");
      assertThat(descriptors(jvm)).isLessThan(before + threads);
      assertThat(descriptors(withoutBpf)).isLessThan(beforeWithoutBpf + threads);
    }
  }

  private LiveJvm waiting(String directory, int threads, String... under) throws Exception {
    LiveJvm jvm =
        jvm(Jdk.current())
            .withoutAgent()
            .under(under)
            .jvmOptions("-XX:+EnableDynamicAgentLoading")
            .program(Busy.class, workspace.directory(directory), threads, 1, 1_000_000)
            .talking()
            .start();
    jvm.answer();
    return jvm;
  }

  private String attach(LiveJvm jvm) throws Exception {
    String[] command = {"attach", String.valueOf(jvm.pid())};
    return new AgentJvm(workspace, Jdk.current()).command(command).run().succeeded().stdout();
  }

  private static int descriptors(LiveJvm jvm) {
    return jvm.proc("fd").toFile().list().length;
  }

  /** One reason for both is said once. */
  @Test
  void withoutAPlaceForNativeCodeTheLevelIsJava() throws Exception {
    String none =
        "for d in /tmp /dev/shm " + System.getProperty("user.home") + "; do mount -t tmpfs -o noexec none $d; done; "
            + "mount --bind /var/tmp /var/tmp; mount -o remount,bind,noexec /var/tmp; exec \"$@\"";
    operations(
        "java",
        NO_KERNEL + "cannot load native code: no place to unpack it \\(.*\\)" + DOCTOR + "level java: no page faults",
        "unshare", "--mount", "env", "-u", "XDG_RUNTIME_DIR", "sh", "-ec", none, "sh");
  }

  /** The spans are those of what the program did, whatever the level. */
  private void operations(String level, String line, String... under) throws Exception {
    Path file = workspace.output().resolve("data.bin");
    Path truth = workspace.output().resolve("truth.csv");
    Result result = jvm(Jdk.current()).under(under).program(MapOperations.class, file, truth).run().succeeded();
    assertThat(result.stdout()).isEqualTo("done\n");
    assertThat(result.agentLines()).singleElement().asString().matches(line);
    assertThat(result.otherLines()).isEmpty();
    assertLevel(level);
    List<Received.Span> spans =
        collector.spans().stream()
            .filter(span -> file.toString().equals(span.text("file.path")) && !span.name().startsWith("page_fault"))
            .toList();
    SpanRows.assertSame(SpanRows.rows(spans), Files.readAllLines(truth));
    if (level.equals("full")) {
      assertThat(spans).allSatisfy(span -> assertThat(span.calls()).hasSize(1));
    } else {
      assertThat(spans).allSatisfy(span -> assertThat(span.events()).isEmpty());
    }
  }

  private void assertLevel(String level) {
    assertThat(collector.series("mmapscope.level")).containsExactlyEntriesOf(Map.of(Map.of("level", level), 1.0));
  }

  /** With the privilege to, those in kernel mode are counted as well. */
  @Test
  void withoutBpfPageFaultsAreCountedInBothModes() throws Exception {
    // A fault that the kernel has for the process, as for a futex, is no event.
    Result result = faults(0.9999, denied().bpf(1));
    long kernel = Long.parseLong(numbers(result, "kernel")[0]);
    assertThat(kernel).isGreaterThanOrEqualTo(1000);
    assertThat(collector.sum("mmap.faults", tags("minor", "kernel"))).isGreaterThanOrEqualTo(kernel);
  }

  @Test
  void withoutCapabilitiesPageFaultsInUserModeAreCounted() throws Exception {
    int paranoid = Integer.parseInt(Files.readString(Path.of("/proc/sys/kernel/perf_event_paranoid")).trim());
    Assumptions.assumeTrue(paranoid == 2, "kernel.perf_event_paranoid is " + paranoid + ", not 2");
    // Between the two moments hardly any fault is in kernel mode.
    faults(0.999, DegradedIT.NOBODY);
    assertThat(collector.series("mmap.faults").keySet()).noneMatch(tags -> tags.get("mmap.fault.mode").equals("kernel"));
  }

  /** @param counted how many of the faults, at least */
  private Result faults(double counted, String... under) throws Exception {
    Result result =
        faultJvm(Jdk.current(), "10s")
            .under(under)
            .program(FaultTotals.class, workspace.directory("data"), port)
            .run()
            .succeeded();
    assertThat(result.agentLines()).singleElement().asString().endsWith(PERF);
    assertLevel("perf");
    long minor = assertTotals(counted, numbers(result, "minor"));
    long major = assertTotals(counted, numbers(result, "major"));
    assertThat(minor).isGreaterThanOrEqualTo(LEAST_FAULTS);
    assertThat(major).isGreaterThanOrEqualTo(1000);
    return result;
  }

  /** See {@link FaultTotals}. */
  private static long assertTotals(double counted, String[] numbers) {
    long[] each = Arrays.stream(numbers).mapToLong(Long::parseLong).toArray();
    assertThat(each[0]).as("counted by events").isBetween((long) (each[1] * counted), each[2]);
    assertThat(each[3]).as("in all").isBetween(each[4], each[5]);
    return each[0];
  }

  private static String[] numbers(Result result, String kind) {
    String start = kind + ' ';
    String line = result.stdout().lines().filter(each -> each.startsWith(start)).findFirst().orElseThrow();
    return line.substring(start.length()).split(" ");
  }

  private static Map<String, String> tags(String type, String mode) {
    return Map.of(
        "system.paging.fault.type", type,
        "mmap.fault.mode", mode,
        "code.function.name", "unknown",
        "file.extension", "unknown",
        "mmap.owner", "unknown",
        "mmap.memory", "unknown");
  }
}
