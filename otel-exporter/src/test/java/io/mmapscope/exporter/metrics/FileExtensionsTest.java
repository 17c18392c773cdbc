package io.mmapscope.exporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.config.Settings.FilePaths;
import io.mmapscope.exporter.PathPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FileExtensionsTest {

  private final FileExtensions extensions = new FileExtensions(new PathPolicy(FilePaths.FULL));

  @Test
  void theirNumberIsBounded() {
    for (int i = 0; i < 100; i++) {
      assertThat(extensions.tag("e" + i)).isEqualTo("e" + i);
    }
    assertThat(extensions.tag("e100")).isEqualTo("other");
    assertThat(extensions.tag("none")).isEqualTo("none");
    assertThat(extensions.tag("e99")).isEqualTo("e99");
  }

  @ParameterizedTest
  @EnumSource(
      value = FilePaths.class,
      names = {"HASH", "NONE"})
  void whereNamesStayInsideSoDoExtensions(FilePaths mode) {
    assertThat(new FileExtensions(new PathPolicy(mode)).tag("cfs")).isEqualTo("none");
  }
}
