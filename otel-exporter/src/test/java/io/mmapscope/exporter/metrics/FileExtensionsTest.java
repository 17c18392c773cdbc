package io.mmapscope.exporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.config.Settings.FilePaths;
import io.mmapscope.exporter.PathPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FileExtensionsTest {

  private final FileExtensions extensions = new FileExtensions(new PathPolicy(FilePaths.FULL));

  @ParameterizedTest
  @CsvSource({
    "/data/_0.cfs,cfs", "/data/x.tar.gz,gz", "/data/segment,none", "/data.d/segment,none", "/home/.hidden,none",
    "/data/dot.,none", "/data/_0.cfs (deleted),cfs", "/data/wal.000123,other", "/data/a.20240101T101010,other",
    "/data/a.d41d8cd98f00b204,other", ",none"
  })
  void takesWhatFollowsTheLastDotOfTheName(String path, String extension) {
    assertThat(extensions.of(path)).isEqualTo(extension);
  }

  @Test
  void theirNumberIsBounded() {
    for (int i = 0; i < 100; i++) {
      assertThat(extensions.of("/x.e" + i)).isEqualTo("e" + i);
    }
    assertThat(extensions.of("/x.e100")).isEqualTo("other");
    assertThat(extensions.of("/x.e99")).isEqualTo("e99");
  }

  @ParameterizedTest
  @EnumSource(
      value = FilePaths.class,
      names = {"HASH", "NONE"})
  void whereNamesStayInsideSoDoExtensions(FilePaths mode) {
    assertThat(new FileExtensions(new PathPolicy(mode)).of("/data/_0.cfs")).isEqualTo("none");
  }
}
