package io.mmapscope.benchmarks;

import java.io.IOException;

/** Something measured: some sections of the table. */
interface Benchmark {

  void run() throws IOException, InterruptedException;

  void report(Table table);
}
