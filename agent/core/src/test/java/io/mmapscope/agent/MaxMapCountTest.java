package io.mmapscope.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaxMapCountTest {

  @Test
  void isWhatThisKernelTellsOtherPrograms() throws Exception {
    Process cat = new ProcessBuilder("cat", MaxMapCount.FILE.toString()).start();
    String said = new String(cat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    assertThat(cat.waitFor()).isZero();
    assertThat(MaxMapCount.read(MaxMapCount.FILE)).isEqualTo(Long.parseLong(said)).isGreaterThan(100);
  }

  @Test
  void isUnknownWhereItCannotBeRead(@TempDir Path directory) throws Exception {
    assertThat(MaxMapCount.read(directory.resolve("absent"))).isEqualTo(-1);
    assertThat(MaxMapCount.read(Files.writeString(directory.resolve("empty"), ""))).isEqualTo(-1);
    assertThat(MaxMapCount.read(Files.writeString(directory.resolve("words"), "many"))).isEqualTo(-1);
  }
}
