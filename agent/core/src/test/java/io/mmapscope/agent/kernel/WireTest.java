package io.mmapscope.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.mmapscope.agent.kernel.wire.Wire;
import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.HookCounts;
import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Syscall;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** C writes, Java reads: a C program that includes wire.h writes the structs, the agent's own decoders read them. */
class WireTest {

  private static ByteBuffer written;
  private static final int RECORD = Wire.Call.SIZE;
  private static final int SLOT = RECORD + Wire.Record.SIZE;
  private static final int COUNTS = SLOT + Wire.Slot.SIZE;
  private static final int SETTINGS = COUNTS + Wire.Counts.SIZE;
  private static final int STATE = SETTINGS + Wire.Settings.SIZE;
  private static final int FAULT = STATE + Wire.State.SIZE;
  private static final int CURSOR = FAULT + Wire.Fault.SIZE;

  @BeforeAll
  static void write(@TempDir Path directory) throws IOException, InterruptedException {
    Path program = directory.resolve("wire_writer");
    Path source = Path.of("src/test/resources/wire_writer.c");
    run("cc", "-Wall", "-Werror", "-I", "../../bpf/include", "-o", program.toString(), source.toString());
    Path output = directory.resolve("structs");
    Process process = new ProcessBuilder(program.toString()).redirectOutput(output.toFile()).start();
    assertThat(process.waitFor()).isZero();
    byte[] bytes = Files.readAllBytes(output);
    written = ByteBuffer.allocateDirect(bytes.length).put(bytes).clear().order(ByteOrder.nativeOrder());
  }

  private static void run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
  }

  @Test
  void sizesAreThoseOfC() {
    assertThat(written.capacity()).isEqualTo(CURSOR + Wire.FaultCursor.SIZE);
  }

  @Test
  void call() {
    assertThat(CallDecoder.decode(written, 0)).isEqualTo(expected(0x1_0000_0000L));
    assertThat(CallDecoder.operation(written, 0)).isEqualTo(0x1_0000_0001L);
  }

  private static KernelCall expected(long base) {
    return new KernelCall(
        Syscall.REMAP_FILE_PAGES,
        base + 2,
        base + 3,
        List.of(base + 10, base + 11, base + 12, base + 13, base + 14, base + 15),
        -12,
        (int) base + 4,
        new FileIdentity(254, 7, base + 5),
        base + 6,
        new FileIdentity(8, 300, base + 8),
        base + 9,
        KernelCall.FLAG_FILE | KernelCall.FLAG_BEFORE | KernelCall.FLAG_AGENT);
  }

  @Test
  void ringRecord() {
    RingRecord ringRecord = RecordDecoder.decode(written, RECORD);
    assertThat(ringRecord.call()).isEqualTo(expected(0x2_0000_0000L));
    assertThat(ringRecord.operation()).isEqualTo(0x2_0000_0001L);
    assertThat(ringRecord.comm()).isEqualTo("a thread's name");
    assertThat(ringRecord.stack()).hasSize(30);
    for (int i = 0; i < 30; i++) {
      assertThat(ringRecord.stack()[i]).isEqualTo(0x3_0000_0000L + i);
    }
  }

  @Test
  void slot() {
    int[] longs = {
      Wire.Slot.OPERATION, 1, Wire.Slot.TRACE_HIGH, 2, Wire.Slot.TRACE_LOW, 3, Wire.Slot.SPAN, 4,
      Wire.Slot.CALLS, 7, Wire.Slot.CONSUMED, 8, Wire.Slot.CALL_NS, 9, Wire.Slot.OVERFLOWED, 10,
      Wire.Slot.FAULTS_MINOR, 11, Wire.Slot.FAULTS_MAJOR, 12, Wire.Slot.FAULTS_NS, 13
    };
    for (int i = 0; i < longs.length; i += 2) {
      assertThat(written.getLong(SLOT + longs[i])).as("field at %d", longs[i]).isEqualTo(longs[i + 1]);
    }
    assertThat(written.getInt(SLOT + Wire.Slot.TID)).isEqualTo(5);
    assertThat(written.getInt(SLOT + Wire.Slot.FLAGS)).isEqualTo(6);
    for (int i = 0; i < Wire.Limit.SLOT_CALLS; i++) {
      int at = SLOT + Wire.Slot.CALL + i * Wire.Slot.CALL_STRIDE;
      assertThat(CallDecoder.decode(written, at)).isEqualTo(expected(0x1000L * (i + 1)));
    }
  }

  @Test
  void counts() {
    ByteBuffer rows = ByteBuffer.allocate(2 * Wire.Hook.HOOKS * Wire.Counts.SIZE).order(ByteOrder.nativeOrder());
    int munmap = Wire.Hook.MUNMAP * Wire.Counts.SIZE;
    rows.put(munmap, written, COUNTS, Wire.Counts.SIZE);
    rows.put(munmap + Wire.Hook.HOOKS * Wire.Counts.SIZE, written, COUNTS, Wire.Counts.SIZE);
    List<HookCounts> read = new HookCounters(rows, 2 * Wire.Hook.HOOKS).read();
    assertThat(read).hasSize(Wire.Hook.HOOKS);
    assertThat(read.get(Wire.Hook.MUNMAP)).isEqualTo(new HookCounts("munmap", 12, 4, 6, 18));
    assertThat(read.get(Wire.Hook.MMAP)).isEqualTo(new HookCounts("mmap", 0, 0, 0, 0));
  }

  @Test
  void settingsAndState() {
    assertThat(written.getLong(SETTINGS + Wire.Settings.PIDNS_DEVICE)).isEqualTo(1);
    assertThat(written.getLong(SETTINGS + Wire.Settings.PIDNS_INODE)).isEqualTo(2);
    assertThat(written.getInt(SETTINGS + Wire.Settings.TGID)).isEqualTo(3);
    assertThat(written.getInt(STATE + Wire.State.HOST_TGID)).isEqualTo(Wire.HostTgid.NOBODY);
    assertThat(written.getInt(STATE + Wire.State.RAW_HOOKS)).isEqualTo(6);
  }

  /** The row that the kernel calls its eighth. */
  @Test
  void fault() {
    ByteBuffer cursors = ByteBuffer.allocate(Wire.FaultCursor.SIZE).order(ByteOrder.nativeOrder());
    ByteBuffer rows = ByteBuffer.allocate(FaultRows.each(1) * Wire.Fault.SIZE).order(ByteOrder.nativeOrder());
    cursors.putLong(Wire.FaultCursor.TAIL, 7).putLong(Wire.FaultCursor.HEAD, 8);
    rows.put(7 * Wire.Fault.SIZE, written, FAULT, Wire.Fault.SIZE);
    List<FaultRows> read = new ArrayList<>();
    new FaultRows(cursors, rows, 1).drain(read::add);
    assertThat(read).hasSize(1);
    FaultRows fault = read.get(0);
    assertThat(fault.address()).isEqualTo(0x7f0000001234L);
    assertThat(List.of(fault.endNanos(), fault.durationNanos())).containsExactly(2L, 3L);
    assertThat(List.of(fault.traceHigh(), fault.traceLow(), fault.span())).containsExactly(4L, 5L, 6L);
    assertThat(fault.tid()).isEqualTo(7);
    assertThat(fault.flags()).isEqualTo(Wire.FaultFlag.KERNEL | Wire.FaultFlag.CARRIER);
    assertThat(fault.kind()).isEqualTo(Wire.FaultKind.MAJOR);
    assertThat(fault.what()).isEqualTo(Wire.Hook.MUNMAP + 1);
  }

  @Test
  void faultCursor() {
    assertThat(written.getLong(CURSOR + Wire.FaultCursor.HEAD)).isEqualTo(9);
    assertThat(written.getLong(CURSOR + Wire.FaultCursor.TAIL)).isEqualTo(10);
  }

  @Test
  void catalogueModelAndWireNameTheSameHooksInTheSameOrder() {
    assertThat(HookCatalogue.events()).hasSize(Wire.Hook.HOOKS);
    for (int hook = 0; hook < Wire.Hook.HOOKS; hook++) {
      Syscall syscall = Syscall.ofHook(hook);
      String event = HookCatalogue.events().get(hook);
      boolean isCall = hook < Syscall.values().length; // the calls come first
      assertThat(syscall == null ? null : syscall.callName()).as(event).isEqualTo(isCall ? event : null);
    }
    assertThat(HookCatalogue.events().subList(Wire.Hook.PAGE_FAULT, Wire.Hook.HOOKS))
        .containsExactly("page_fault", "mmap_lock", "sigbus");
  }
}
