package io.mmapscope.demo.load;

import java.util.Random;

/**
 * Text that is the same at every run: made-up words whose frequencies follow Zipf's law, as those of a language do.
 * For one thread.
 */
final class Corpus {

  private static final int WORDS = 20_000;
  private static final String[] SYLLABLES = {
    "ba", "cor", "de", "fin", "ga", "hel", "io", "jun", "ka", "lor", "mi", "nor", "o", "per", "qui", "ra", "sel", "tu",
    "ver", "zan"
  };

  private final Random random;
  private final double[] cumulative = new double[WORDS];

  Corpus(long seed) {
    this.random = new Random(seed);
    double sum = 0;
    for (int rank = 0; rank < WORDS; rank++) {
      sum += 1.0 / (rank + 2.7);
      cumulative[rank] = sum;
    }
  }

  /** A text of so many words. */
  String text(int words) {
    StringBuilder text = new StringBuilder(words * 8);
    for (int i = 0; i < words; i++) {
      text.append(i == 0 ? "" : " ").append(word(rank()));
    }
    return text.toString();
  }

  /** A word that is neither in every document nor in next to none. */
  String searchWord() {
    return word(20 + random.nextInt(2_000));
  }

  int number(int bound) {
    return random.nextInt(bound);
  }

  /** The word of a rank, 0 being the commonest: the rank spelled in syllables. */
  static String word(int rank) {
    StringBuilder word = new StringBuilder();
    int rest = rank + SYLLABLES.length;
    while (rest > 0) {
      word.append(SYLLABLES[rest % SYLLABLES.length]);
      rest /= SYLLABLES.length;
    }
    return word.toString();
  }

  private int rank() {
    double at = random.nextDouble() * cumulative[WORDS - 1];
    int low = 0;
    int high = WORDS - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (cumulative[middle] < at) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
