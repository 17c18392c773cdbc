package io.mmapscope.benchmarks;

import java.util.List;

/** Smallest, middle and largest of some values. */
record Spread(double min, double median, double max) {

  static Spread of(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int size = sorted.size();
    double middle = (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
    return new Spread(sorted.get(0), middle, sorted.get(size - 1));
  }
}
