package io.mmapscope.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MapCountTest {

  @Test
  void theLimitIsWhatThisKernelTellsOtherPrograms() throws Exception {
    Process cat = new ProcessBuilder("cat", MapCount.LIMIT.toString()).start();
    String said = new String(cat.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    assertThat(cat.waitFor()).isZero();
    assertThat(MapCount.limit(MapCount.LIMIT)).isEqualTo(Long.parseLong(said)).isGreaterThan(100);
  }

  @Test
  void theLimitIsUnknownWhereItCannotBeRead(@TempDir Path directory) throws Exception {
    assertThat(MapCount.limit(directory.resolve("absent"))).isEqualTo(-1);
    assertThat(MapCount.limit(Files.writeString(directory.resolve("empty"), ""))).isEqualTo(-1);
    assertThat(MapCount.limit(Files.writeString(directory.resolve("words"), "many"))).isEqualTo(-1);
  }
}
