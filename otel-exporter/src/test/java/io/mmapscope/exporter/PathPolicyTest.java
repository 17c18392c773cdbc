package io.mmapscope.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.config.Settings.FilePaths;
import io.mmapscope.agent.spi.Listener;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathPolicyTest {

  // printf %s /var/lib/acme/_0.cfs | sha256sum
  private static final String HASH = "f9427d8a724222c3";

  @ParameterizedTest
  @CsvSource({"full,/var/lib/acme/_0.cfs", "name,_0.cfs", "hash," + HASH, "none,"})
  void saysOfAPathWhatTheSettingLets(String mode, String shown) throws Exception {
    FakeAgent agent = new FakeAgent("metrics.exporter=none;file.paths=" + mode);
    try (Collector collector = new Collector()) {
      Listener listener = ExportingListener.create(agent, collector.settings());
      listener.operation(Samples.map(Samples.SAMPLED, 1));
      listener.close(Duration.ofSeconds(10));
      Map<String, Object> attributes = Collector.attributes(collector.spans().get(0).getAttributesList());
      assertThat(attributes.get("file.path")).isEqualTo(shown);
      String posted = collector.traces.toString();
      assertThat(posted.contains("/var/lib/acme")).isEqualTo(mode.equals("full"));
      assertThat(posted.contains("_0.cfs")).isEqualTo(mode.equals("full") || mode.equals("name"));
    }
  }

  @Test
  void nothingIsSaidOfNoPath() {
    for (FilePaths mode : FilePaths.values()) {
      assertThat(new PathPolicy(mode).shown(null)).isNull();
    }
  }
}
