package io.mmapscope.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.model.FileIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same in containers, without privileges, without a place for files, and at the end of the process. */
class KernelSurroundingsTest {

  @TempDir private Path directory;

  @BeforeAll
  static void privileges() throws Exception {
    Privileges.assumeBpf();
  }

  private Path file() throws Exception {
    return Files.write(directory.resolve("data"), new byte[8192]);
  }

  private static List<String> shell(String unshare, String script) {
    List<String> command = new ArrayList<>(List.of("unshare"));
    command.addAll(List.of(unshare.split(" ")));
    command.addAll(List.of("sh", "-ec", script + "\nexec \"$@\"", "sh"));
    return command;
  }

  private static void assertJoined(Map<String, String> facts) {
    assertThat(facts).containsEntry("attached", "10").containsEntry("calls", "2").containsEntry("same", "true");
    assertThat(facts.get("call.tid")).isEqualTo(facts.get("tid"));
  }

  @Test
  void leavesNoFileNoPropertyAndNoDescriptor() throws Exception {
    Map<String, String> facts = ForkedJvm.run(List.of("env"), ForkedJvm.java(file().toString(), "close"));
    assertJoined(facts);
    assertThat(facts).containsEntry("left", "[]").containsEntry("descriptors", "[]");
  }

  @Test
  void inAPidNamespaceThreadsHaveTheNumbersTheyHaveThere() throws Exception {
    Map<String, String> facts =
        ForkedJvm.run(shell("--pid --fork --mount-proc", ":"), ForkedJvm.java(file().toString()));
    assertJoined(facts);
    assertThat(Integer.parseInt(facts.get("tid"))).isLessThan(100);
  }

  @Test
  void onOverlayfsTheFileIsTheOneThatMapsShows() throws Exception {
    String mount =
        "mount -t tmpfs none " + directory + "; cd " + directory + "; mkdir lower upper work merged; "
            + "head -c 8192 /dev/zero > lower/data; "
            + "mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work none merged";
    Map<String, String> facts =
        ForkedJvm.run(shell("--mount", mount), ForkedJvm.java(directory.resolve("merged/data").toString()));
    assertJoined(facts);
    String[] maps = facts.get("maps").split(" +");
    String[] device = maps[3].split(":");
    FileIdentity shown =
        new FileIdentity(Integer.parseInt(device[0], 16), Integer.parseInt(device[1], 16), Long.parseLong(maps[4]));
    assertThat(facts).containsEntry("mmap.file", shown.toString()).containsEntry("remap.file", shown.toString());
  }

  @Test
  void withoutCapabilitiesItSaysWhichOnesItNeeds() throws Exception {
    List<String> without = List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all");
    Map<String, String> facts = ForkedJvm.run(without, ForkedJvm.java());
    assertThat(facts).containsEntry("unavailable", "bpf(2) EPERM, needs CAP_BPF and CAP_PERFMON");
    assertThat(facts).containsEntry("left", "[]");
  }

  @Test
  void withTheTwoCapabilitiesAndAReadableTracefsItWorks() throws Exception {
    // In a mount namespace of its own, tracefs for everybody; then root's capabilities but these two are dropped.
    String tracefs = "umount -q /sys/kernel/tracing || :; mount -t tracefs -o mode=755,gid=0 nodev /sys/kernel/tracing";
    List<String> command = new ArrayList<>(shell("--mount", tracefs));
    command.addAll(List.of("setpriv", "--bounding-set=-all,+bpf,+perfmon", "--inh-caps=-all,+bpf,+perfmon"));
    Map<String, String> facts = ForkedJvm.run(command, ForkedJvm.java(file().toString()));
    assertJoined(facts);
  }

  @Test
  void withTheTwoCapabilitiesAndNoTracefsItWorksToo() throws Exception {
    List<String> command = new ArrayList<>(shell("--mount", "umount -q /sys/kernel/tracing || :"));
    command.addAll(List.of("setpriv", "--bounding-set=-all,+bpf,+perfmon", "--inh-caps=-all,+bpf,+perfmon"));
    assertJoined(ForkedJvm.run(command, ForkedJvm.java(file().toString())));
  }

  @Test
  void whereTheTemporaryDirectoryIsNoexecOrFullAnotherIsTaken() throws Exception {
    String noexec = "mount -t tmpfs -o noexec none " + directory;
    String full = "mount -t tmpfs -o size=64k none " + directory;
    for (String mount : List.of(noexec, full)) {
      Map<String, String> facts =
          ForkedJvm.run(shell("--mount", mount), ForkedJvm.java("-Djava.io.tmpdir=" + directory));
      assertThat(facts).containsEntry("attached", "10").containsEntry("left", "[]");
    }
  }

  @Test
  void whereThereIsNoPlaceItNamesEach() throws Exception {
    String none =
        "for d in /dev/shm /var/tmp; do mount -t tmpfs -o noexec none $d; done; mount -t tmpfs -o ro none " + directory;
    List<String> before = new ArrayList<>(shell("--mount", none));
    before.addAll(List.of("env", "-u", "XDG_RUNTIME_DIR"));
    Map<String, String> facts =
        ForkedJvm.run(
            before,
            ForkedJvm.java(
                "-Djava.io.tmpdir=" + directory, "-Duser.home=" + directory.resolve("home"), "-Duser.dir=/proc"));
    assertThat(facts.get("unavailable"))
        .startsWith("cannot load native code: no place to unpack it (")
        .contains(directory + ": Read-only file system")
        .contains("/dev/shm: mounted noexec")
        .contains(directory + "/home: does not exist");
  }

  @Test
  void theProcessEndsAtOnce() throws Exception {
    Map<String, String> facts = ForkedJvm.run(List.of("env"), ForkedJvm.java(file().toString()));
    long millis = (System.nanoTime() - Long.parseLong(facts.get("end"))) / 1_000_000;
    assertThat(millis).isLessThan(700);
  }
}
