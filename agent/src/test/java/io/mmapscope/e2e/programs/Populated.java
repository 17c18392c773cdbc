package io.mmapscope.e2e.programs;

import java.io.IOException;

/**
 * Has the kernel fill mappings as they are made, for which it counts page faults that no code has. Prints {@code POPULATED
 * TOTAL}: how many it counted meanwhile, and in all until the end.
 */
public final class Populated {

  private static final int MAPPINGS = 4000;
  private static final int MAP_POPULATE = 0x8000;

  private Populated() {}

  public static void main(String[] args) throws IOException {
    long before = Scrape.faultsOfProcess();
    for (int i = 0; i < MAPPINGS; i++) {
      long memory =
          Libc.mmap(
              0,
              Touches.PAGE,
              Libc.PROT_READ | Libc.PROT_WRITE,
              Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS | MAP_POPULATE,
              -1,
              0);
      Libc.munmap(memory, Touches.PAGE);
    }
    long after = Scrape.faultsOfProcess();
    System.out.println((after - before) + " " + Scrape.faultsOfProcess());
  }
}
