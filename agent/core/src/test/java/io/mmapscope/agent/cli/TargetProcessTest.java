package io.mmapscope.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a {@code /proc} of the test's own, but for the last. */
class TargetProcessTest {

  private static final long USER = 1000;

  @TempDir private Path proc;
  private TargetProcess process;

  @BeforeEach
  void healthy() throws IOException {
    Files.createDirectory(proc.resolve("7"));
    process = new TargetProcess(7, proc.resolve("7"));
    status("S (sleeping)", 1000, "0000000181005cce");
    write("maps", "7f00-7f01 r-xp 0 08:01 5 /usr/lib/jvm/x/lib/server/libjvm.so\n");
    write("cmdline", "java\0-Xmx1g\0-cp\0.\0Main\0");
    write("environ", "HOME=/\0");
  }

  private void write(String file, String text) throws IOException {
    Files.writeString(process.directory().resolve(file), text);
  }

  private void status(String state, long user, String caught) throws IOException {
    write(
        "status",
        "Name:\tjava\nState:\t" + state + "\nUid:\t0\t" + user + "\t0\t0\nSigCgt:\t" + caught + "\n");
  }

  private void assertRefused(String... parts) {
    assertThatThrownBy(() -> process.check(USER)).isInstanceOf(TargetException.class).hasMessageContainingAll(parts);
  }

  @Test
  void nothingIsWrongWithAJvmOfTheSameUser() {
    assertThatCode(() -> process.check(USER)).doesNotThrowAnyException();
    assertThatCode(() -> process.check(0)).doesNotThrowAnyException();
  }

  @Test
  void absent() {
    assertThatThrownBy(() -> new TargetProcess(8, proc.resolve("8")).check(USER)).hasMessageContaining("no process 8");
  }

  @Test
  void anotherUsers() throws IOException {
    status("S (sleeping)", 1001, "4");
    assertRefused("user 1001", "user 1000", "EPERM", "sudo -u '#1001'");
  }

  @Test
  void stoppedOrDead() throws IOException {
    status("T (stopped)", 1000, "4");
    assertRefused("stopped", "kill -CONT 7");
    status("Z (zombie)", 1000, "4");
    assertRefused("zombie");
  }

  /** SIGQUIT would end it. */
  @Test
  void noJvm() throws IOException {
    write("maps", "7f00-7f01 r-xp 0 08:01 5 /usr/bin/python3\n");
    assertRefused("(java) is no JVM");
  }

  /** SIGQUIT would have it print a thread dump. */
  @Test
  void forbidden() throws IOException {
    write("cmdline", "java\0-XX:+DisableAttachMechanism\0Main\0");
    assertRefused("-XX:+DisableAttachMechanism", "-javaagent");
    write("cmdline", "java\0Main\0");
    write("environ", "JAVA_TOOL_OPTIONS=-Xmx1g -XX:+DisableAttachMechanism\0");
    assertRefused("-XX:+DisableAttachMechanism");
  }

  @Test
  void deafToTheSignal() throws IOException {
    status("S (sleeping)", 1000, "0000000181005cc8");
    assertRefused("SIGQUIT", "-Xrs");
  }

  @Test
  void thisJvmIsOne() throws TargetException {
    TargetProcess self = new TargetProcess(ProcessHandle.current().pid(), Path.of("/proc/self"));
    self.check(self.user());
    assertThat(self.otherMounts()).isFalse();
    assertThat(self.here("/tmp/x")).isEqualTo(Path.of("/tmp/x"));
  }
}
