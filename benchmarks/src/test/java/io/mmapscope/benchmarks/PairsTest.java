package io.mmapscope.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class PairsTest {

  @Test
  void differencesAreOfPairsAndNotOfMedians() {
    Pairs pairs = new Pairs();
    // A machine that gets slower: each pair tells the same, their medians alone would not.
    pairs.add(100, 150);
    pairs.add(1000, 1050);
    pairs.add(110, 160);
    assertThat(pairs.difference()).isEqualTo(new Spread(50, 50, 50));
    assertThat(pairs.without()).isEqualTo(new Spread(100, 110, 1000));
    assertThat(pairs.ratio()).isEqualTo(160 / 110.0);
  }

  @Test
  void anEvenNumberHasItsMedianBetween() {
    assertThat(Spread.of(List.of(4.0, 1.0, 3.0, 2.0))).isEqualTo(new Spread(1, 2.5, 4));
  }

  @Test
  void aRowSaysWhetherTheTargetIsMetAsItReads() {
    Pairs pairs = new Pairs();
    pairs.add(100, 150.4);
    Table table = new Table();
    table.row("as printed 50", pairs, 0, 50);
    table.row("as printed 50.4", pairs, 1, 50);
    assertThat(table.toString().lines().toList().get(0)).endsWith(" met").doesNotContain("not met");
    assertThat(table.toString().lines().toList().get(1)).endsWith("not met");
  }

  @Test
  void outputIsReadByTheWordsOfItsLine() throws IOException {
    Output output = new Output(List.of("hello", "threads=1 cpu=5.5", "threads=4 cpu=7"), "");
    assertThat(output.value("cpu", "threads=4")).isEqualTo(7);
    Assertions.assertThatThrownBy(() -> output.value("cpu", "threads=2")).hasMessageContaining("no cpu");
  }
}
