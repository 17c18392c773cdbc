package io.mmapscope.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {

  @ParameterizedTest
  @CsvSource({"0,0", "0ms,0", "7ns,7", "250us,250000", "1ms,1000000", "2s,2000000000", "1m,60000000000"})
  void readsWholeNumbersWithAUnit(String text, long nanos) {
    assertThat(DurationText.parse(text)).isEqualTo(Duration.ofNanos(nanos));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "ms", "-1ms", "1.5ms", "1 ms", "1h", "1MS", "9999999999m", "99999999999999999999ns"})
  void refusesTheRest(String text) {
    assertThat(DurationText.parse(text)).isNull();
  }

  @Test
  void eachDefaultDurationCanBeRead() {
    assertThat(DurationText.parse(SettingKey.SPAN_MIN_DURATION.defaultValue())).isNotNull();
    assertThat(DurationText.parse(SettingKey.FAULT_MIN_DURATION.defaultValue())).isNotNull();
  }
}
