package io.mmapscope.agent.ledger;

/** Reads this process's memory without ever faulting. */
@FunctionalInterface
public interface MemoryReader {

  /**
   * Copies {@code length} bytes from {@code address} to the beginning of {@code into}.
   *
   * @return false where they cannot all be read
   */
  boolean read(long address, byte[] into, int length);
}
