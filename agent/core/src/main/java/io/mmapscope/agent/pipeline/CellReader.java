package io.mmapscope.agent.pipeline;

import io.mmapscope.agent.kernel.CallDecoder;
import io.mmapscope.agent.ledger.DirectMemory;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Operation;
import io.mmapscope.agent.model.TraceContext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Reads finished cells into values. Only for the agent's thread. */
final class CellReader {

  private static final Operation.Kind[] KINDS = Operation.Kind.values();
  private static final String[] MODES = {"READ_ONLY", "READ_WRITE", "PRIVATE"};

  private final MmapscopeCells cells;
  private final DirectMemory memory;
  private final ByteBuffer call = ByteBuffer.allocate(MmapscopeCells.CALL_BYTES).order(ByteOrder.nativeOrder());

  /** @param memory told what cells say of direct memory */
  CellReader(MmapscopeCells cells, DirectMemory memory) {
    this.cells = cells;
    this.memory = memory;
  }

  /** What a finished cell says, before anything was looked up. */
  record Finished(
      long operation,
      Operation.Kind kind,
      int library,
      long startNanos,
      long endNanos,
      long threadId,
      String threadName,
      int callSite,
      TraceContext trace,
      Object stack,
      long address,
      long length,
      long offset,
      String mode,
      String path,
      String failure,
      boolean kernelKnown,
      boolean detailsLost,
      long count,
      long callNanos,
      long overflowed,
      long faultsMinor,
      long faultsMajor,
      long faultsNanos,
      List<KernelCall> calls) {}

  /** All finished operations, oldest first; their cells are free again. */
  List<Finished> drain() {
    List<Finished> finished = new ArrayList<>();
    for (int cell = oldest(cells.takeDone()); cell >= 0; ) {
      int next = cells.next(cell);
      if (cells.isCurrent(cell)) {
        read(cell, finished);
      }
      cells.release(cell);
      cell = next;
    }
    return finished;
  }

  /** After {@link #drain}: how much direct memory was allocated or freed since the last time without a cell for it. */
  long memoryLost() {
    return memory.forget(System.nanoTime(), cells.memoryRefused());
  }

  /** The chain that begins with the newest, turned round. */
  private int oldest(int newest) {
    int before = -1;
    for (int cell = newest; cell >= 0; ) {
      int next = cells.next(cell);
      cells.link(cell, before);
      before = cell;
      cell = next;
    }
    return before;
  }

  private void read(int cell, List<Finished> finished) {
    long at = cells.address(cell);
    long address = MmapscopeMemory.getLong(at + MmapscopeCells.ADDRESS);
    long nanos = MmapscopeMemory.getLong(at + MmapscopeCells.END_NANOS);
    switch (MmapscopeMemory.getInt(at + MmapscopeCells.KIND)) {
      case MmapscopeDirectMemory.ALLOCATED ->
          memory.allocated(address, MmapscopeMemory.getLong(at + MmapscopeCells.LENGTH), nanos);
      case MmapscopeDirectMemory.FREED -> memory.freed(address, nanos);
      default -> finished.add(operation(cell));
    }
  }

  private Finished operation(int cell) {
    long at = cells.address(cell);
    int flags = MmapscopeMemory.getInt(at + MmapscopeCells.FLAGS);
    int mode = MmapscopeMemory.getInt(at + MmapscopeCells.MODE);
    return new Finished(
        MmapscopeMemory.getLong(at + MmapscopeCells.OPERATION),
        KINDS[MmapscopeMemory.getInt(at + MmapscopeCells.KIND)],
        MmapscopeMemory.getInt(at + MmapscopeCells.LIBRARY),
        MmapscopeMemory.getLong(at + MmapscopeCells.START_NANOS),
        MmapscopeMemory.getLong(at + MmapscopeCells.END_NANOS),
        MmapscopeMemory.getLong(at + MmapscopeCells.THREAD_ID),
        (String) cells.reference(cell, MmapscopeCells.THREAD_NAME),
        MmapscopeMemory.getInt(at + MmapscopeCells.CALL_SITE),
        trace(at, flags),
        cells.reference(cell, MmapscopeCells.STACK),
        MmapscopeMemory.getLong(at + MmapscopeCells.ADDRESS),
        MmapscopeMemory.getLong(at + MmapscopeCells.LENGTH),
        MmapscopeMemory.getLong(at + MmapscopeCells.OFFSET),
        mode >= 0 && mode < MODES.length ? MODES[mode] : null,
        (String) cells.reference(cell, MmapscopeCells.PATH),
        (String) cells.reference(cell, MmapscopeCells.FAILURE),
        (flags & MmapscopeCells.KERNEL) != 0,
        (flags & MmapscopeCells.DETAILS_LOST) != 0,
        MmapscopeMemory.getLong(at + MmapscopeCells.COUNT),
        MmapscopeMemory.getLong(at + MmapscopeCells.CALL_NANOS),
        MmapscopeMemory.getLong(at + MmapscopeCells.OVERFLOWED),
        MmapscopeMemory.getLong(at + MmapscopeCells.FAULTS_MINOR),
        MmapscopeMemory.getLong(at + MmapscopeCells.FAULTS_MAJOR),
        MmapscopeMemory.getLong(at + MmapscopeCells.FAULTS_NANOS),
        calls(cell));
  }

  private static TraceContext trace(long at, int flags) {
    if ((flags & MmapscopeCells.TRACED) == 0) {
      return null;
    }
    return new TraceContext(
        MmapscopeMemory.getLong(at + MmapscopeCells.TRACE_HIGH),
        MmapscopeMemory.getLong(at + MmapscopeCells.TRACE_LOW),
        MmapscopeMemory.getLong(at + MmapscopeCells.SPAN),
        (flags & MmapscopeCells.SAMPLED) != 0);
  }

  private List<KernelCall> calls(int first) {
    List<KernelCall> calls = new ArrayList<>(MmapscopeCells.CALLS_PER_CELL);
    for (int cell = first; cell >= 0; cell = cells.more(cell)) {
      long at = cells.address(cell);
      int stored = MmapscopeMemory.getInt(at + MmapscopeCells.STORED);
      for (int i = 0; i < stored; i++) {
        calls.add(decode(at + MmapscopeCells.CALLS + (long) i * MmapscopeCells.CALL_BYTES));
      }
    }
    return calls;
  }

  private KernelCall decode(long address) {
    for (int i = 0; i < MmapscopeCells.CALL_BYTES; i += Long.BYTES) {
      call.putLong(i, MmapscopeMemory.getLong(address + i));
    }
    return CallDecoder.decode(call, 0);
  }
}
