package java.lang;

/**
 * What the JDK's direct buffers and arenas call, by woven code, where they get memory and give it back. Each is a cell of
 * the queue like an operation's, without anything but the address: no stack is walked, nothing is allocated.
 */
public final class MmapscopeDirectMemory {

  /** Kinds of cells, beside those of operations in {@link MmapscopeHooks}. */
  public static final int ALLOCATED = 16;

  public static final int FREED = 17;

  private MmapscopeDirectMemory() {}

  /** Memory was allocated. Before anybody else knows of it, and before it is touched. */
  public static void allocated(long bytes, long address) {
    tell(ALLOCATED, address, bytes);
  }

  /** Memory is about to be given back: from here on it may be anybody's. */
  public static void freeing(long address) {
    tell(FREED, address, 0);
  }

  private static void tell(int kind, long address, long bytes) {
    MmapscopeRuntime agent = MmapscopeGate.open;
    if (agent == null) {
      return;
    }
    boolean told = false;
    try {
      told = tell(agent, kind, address, bytes);
    } catch (Throwable failure) {
      agent.failed(failure);
    }
    if (!told) {
      agent.cells.countMemoryRefused();
    }
  }

  private static boolean tell(MmapscopeRuntime agent, int kind, long address, long bytes) {
    MmapscopeCells cells = agent.cells;
    int cell = cells.take();
    if (cell < 0) {
      return false;
    }
    long at = cells.address(cell);
    long nanos = System.nanoTime();
    cells.begin(cell, agent.session);
    MmapscopeMemory.putInt(at + MmapscopeCells.KIND, kind);
    MmapscopeMemory.putLong(at + MmapscopeCells.ADDRESS, address);
    MmapscopeMemory.putLong(at + MmapscopeCells.LENGTH, bytes);
    MmapscopeMemory.putLong(at + MmapscopeCells.END_NANOS, nanos);
    cells.finish(cell);
    return true;
  }
}
