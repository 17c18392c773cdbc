package io.mmapscope.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** One figure, measured without and with the agent, one after the other, again and again. */
final class Pairs {

  private final List<Double> without = new ArrayList<>();
  private final List<Double> with = new ArrayList<>();

  void add(double withoutAgent, double withAgent) {
    without.add(withoutAgent);
    with.add(withAgent);
  }

  int size() {
    return with.size();
  }

  Spread without() {
    return Spread.of(without);
  }

  Spread with() {
    return Spread.of(with);
  }

  /** Median of the pairs' differences: what all of the machine did to both sides of a pair cancels out. */
  Spread difference() {
    List<Double> differences = new ArrayList<>();
    for (int i = 0; i < with.size(); i++) {
      differences.add(with.get(i) - without.get(i));
    }
    return Spread.of(differences);
  }

  /** Median of the pairs' ratios, with to without. */
  double ratio() {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < with.size(); i++) {
      ratios.add(with.get(i) / without.get(i));
    }
    return Spread.of(ratios).median();
  }
}
