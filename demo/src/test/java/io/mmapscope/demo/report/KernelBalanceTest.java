package io.mmapscope.demo.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KernelBalanceTest {

  private static KernelBalance scrape(int mmapSeen, int msyncSeen) {
    return new KernelBalance(
        PrometheusText.parse(
            """
            mmapscope_kernel_seen_total{hook="mmap"} %d.0
            mmapscope_kernel_seen_total{hook="msync"} %d.0
            mmapscope_kernel_events_total{fate="joined",hook="mmap"} 7.0
            mmapscope_kernel_events_total{fate="sent",hook="mmap"} 2.0
            mmapscope_kernel_events_total{fate="lost",hook="mmap"} 1.0
            mmapscope_kernel_events_total{fate="joined",hook="msync"} 4.0
            """
                .formatted(mmapSeen, msyncSeen)));
  }

  private static String firstRow(Table table) {
    return table.toString().lines().toList().get(2).strip().replaceAll(" +", " ");
  }

  @Test
  void whatWasSeenIsAColumnOfItsOwn() {
    assertThat(scrape(10, 4).balanced()).isTrue();
    assertThat(firstRow(scrape(10, 4).table())).isEqualTo("mmap 10 7 2 1 yes");
    assertThat(scrape(11, 4).balanced()).isFalse();
    assertThat(firstRow(scrape(11, 4).table())).isEqualTo("mmap 11 7 2 1 NO");
  }

  @Test
  void aDifferenceThatStaysIsWrong() {
    assertThat(scrape(12, 4).wrongTwice(scrape(11, 4)))
        .containsExactly(
            "THE KERNEL EVENTS DO NOT ADD UP: hook mmap saw 12 calls, but joined + sent + lost is 10, at two scrapes");
    assertThat(scrape(9, 4).wrongTwice(scrape(9, 4))).hasSize(1);
  }

  @Test
  void aCallInFlightIsNot() {
    assertThat(scrape(10, 4).wrongTwice(scrape(11, 4))).isEmpty();
    assertThat(scrape(10, 5).wrongTwice(scrape(11, 4))).isEmpty();
  }

  @Test
  void withoutTheCounterThereIsNoTable() {
    assertThat(new KernelBalance(PrometheusText.parse("mmap_limit 65530.0")).table().isEmpty()).isTrue();
  }
}
