package io.mmapscope.demo.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class PrometheusTextTest {

  private static final String SCRAPE =
      """
      # HELP mmap_mapped_size_bytes live mapped bytes
      # TYPE mmap_mapped_size_bytes gauge
      mmap_mapped_size_bytes{code_function_name="a.B.<init>",file_extension="fdt",mmap_owner="application"} 8192.0
      mmap_mapped_size_bytes{code_function_name="",file_extension="",mmap_owner="jvm"} 1.6777216E7
      mmap_operation_duration_seconds_bucket{mmap_operation="FileChannel.map",le="+Inf"} 3 # {trace_id="ab"} 0.5 1.7
      mmap_operation_duration_seconds_count{mmap_operation="FileChannel.map"} 3
      mmap_operation_duration_seconds_sum{mmap_operation="FileChannel.map"} 0.25

      mmap_limit 65530.0
      quoted{why="a \\"b\\", c} \\\\new"} NaN
      """;

  private final PrometheusText metrics = PrometheusText.parse(SCRAPE);

  @Test
  void findsAMeterWhateverUnitPrometheusAppends() {
    assertThat(metrics.of("mmap.mapped.size", "")).extracting(s -> s.value()).containsExactly(8192.0, 16777216.0);
    assertThat(metrics.of("mmap.mapped.size", "").get(0).label("code_function_name")).isEqualTo("a.B.<init>");
    assertThat(metrics.of("mmap.limit", "")).singleElement().satisfies(s -> assertThat(s.value()).isEqualTo(65530));
    assertThat(metrics.of("mmap.map", "")).isEmpty();
  }

  @Test
  void tellsTheSeriesOfAHistogramApart() {
    assertThat(metrics.of("mmap.operation.duration", "_count")).extracting(s -> s.value()).containsExactly(3.0);
    assertThat(metrics.of("mmap.operation.duration", "_sum")).extracting(s -> s.value()).containsExactly(0.25);
  }

  @Test
  void readsQuotedLabelsAndNotANumber() {
    assertThat(metrics.of("quoted", "").get(0).label("why")).isEqualTo("a \"b\", c} \\new");
    assertThat(metrics.of("quoted", "").get(0).value()).isNaN();
  }

  @Test
  void refusesWhatIsNoSample() {
    assertThatIllegalArgumentException().isThrownBy(() -> PrometheusText.parse("<html>404</html>"));
  }
}
