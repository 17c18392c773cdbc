package java.lang;

/**
 * Which agent the woven advice serves, and what outlives it. An agent may leave and another come, in the same JVM, any
 * number of times, while threads of the application stand anywhere in {@link MmapscopeHooks}: so each has a number, and
 * what belongs to one is never taken for another's. A token, a cell and a thread's state carry that number.
 *
 * <p>What a thread may still write to when its agent has left stays for the next one: the cells, and the addresses of
 * the slots. Neither grows with the number of agents.
 */
public final class MmapscopeGate {

  /** A checksum of these classes' files: an agent of another build must not take them for its own. */
  public static long build;

  /** Cells outlive the agent: a thread whose operation is in progress gives its cell back whenever that ends. */
  private static MmapscopeCells cells;

  /** The agent that brought the cells: tokens given before it are of others, which were too few. */
  private static int cellsSince;

  private static long slots;
  private static int callSites;
  private static int sessions;

  /** The agent to serve, or null. */
  static volatile MmapscopeRuntime open;

  /** The agent whose operations are ending: no new ones begin. */
  private static volatile MmapscopeRuntime closing;

  private MmapscopeGate() {}

  /**
   * Opens: from now on advice records for this agent.
   *
   * @param queueSize cells it may have; where an agent before had more, it has as many
   * @param slotsAddress of the threads' slots, or 0 where there are none
   */
  public static synchronized MmapscopeCells open(MmapscopeRuntime agent, int queueSize, long slotsAddress) {
    sessions++;
    if (cells == null || cells.capacity() < queueSize) {
      cells = new MmapscopeCells(queueSize);
      cellsSince = sessions;
    }
    cells.open(sessions, queueSize);
    if (slotsAddress != 0) {
      slots = slotsAddress;
    }
    agent.session = sessions;
    agent.cells = cells;
    agent.slots = slotsAddress;
    open = agent;
    return cells;
  }

  /** Closes it to new operations; those in progress may end and are recorded. */
  public static synchronized void close() {
    MmapscopeHooks.silence();
    closing = open;
    open = null;
  }

  /**
   * Forgets the agent: advice that is still woven, or in progress, does nothing.
   *
   * @param callSitesKnown the highest number of a call site that it gave out
   */
  public static synchronized void forget(int callSitesKnown) {
    close();
    closing = null;
    callSites = Math.max(callSites, callSitesKnown);
    if (cells != null) {
      cells.close();
    }
  }

  /** Where the slots were last, to be mapped there again: threads may hold addresses in there. 0 for nowhere yet. */
  public static synchronized long slotsAddress() {
    return slots;
  }

  /** Numbers of call sites up to here were given out, and may stand in classes that kept the code of another agent. */
  public static synchronized int callSites() {
    return callSites;
  }

  static long token(MmapscopeRuntime agent, int low) {
    return (long) agent.session << 32 | low & 0xffffffffL;
  }

  /** The agent that a token is of, or null where that has left. */
  static MmapscopeRuntime agentOf(long token) {
    MmapscopeRuntime agent = open;
    if (agent == null) {
      agent = closing;
    }
    return agent != null && agent.session == (int) (token >>> 32) ? agent : null;
  }

  /** Takes back the cell of an operation whose agent has left. */
  static synchronized void abandon(long token) {
    int cell = (int) token - 1;
    if (cell >= 0 && (int) (token >>> 32) >= cellsSince) {
      cells.release(cell);
    }
  }
}
