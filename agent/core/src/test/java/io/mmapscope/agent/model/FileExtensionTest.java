package io.mmapscope.agent.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileExtensionTest {

  @ParameterizedTest
  @CsvSource({
    "/data/_0.cfs,cfs", "/data/x.tar.gz,gz", "/data/segment,none", "/data.d/segment,none", "/home/.hidden,none",
    "/data/dot.,none", "/data/_0.cfs (deleted),cfs", "/data/wal.000123,other", "/data/a.20240101T101010,other",
    "/data/a.d41d8cd98f00b204,other", ",none"
  })
  void takesWhatFollowsTheLastDotOfTheName(String path, String extension) {
    assertThat(FileExtension.of(path)).isEqualTo(extension);
  }
}
