package io.mmapscope.exporter.spans;

import io.mmapscope.agent.model.KernelCall;
import io.mmapscope.agent.model.Operation;
import io.mmapscope.agent.model.PageSize;
import io.mmapscope.agent.model.Syscall;
import java.util.StringJoiner;

/**
 * What is particular to a call of remap_file_pages.
 *
 * @param address first byte of the range
 * @param lengthBytes length of the range asked for
 * @param pgoff the file's page asked for, counted in pages
 * @param offsetBytes the same in bytes, or -1 where that is more than a file can have
 * @param change what was not as it had been when the call ended, joined by commas; null for nothing of the kind:
 *     {@code range_gone} (a mapping was there at entry, none at exit), {@code other_mapping} (the range is not of the
 *     file it was of), {@code file_short} (the file ends before the range asked for does), {@code unchecked} (the
 *     kernel's list of mappings was locked, so nothing can be said)
 */
record Remap(long address, long lengthBytes, long pgoff, long offsetBytes, String change) {

  private static final long PAGE = PageSize.ofSystem();

  static Remap of(KernelCall call) {
    long pgoff = call.arg(3);
    boolean possible = pgoff >= 0 && pgoff <= Long.MAX_VALUE / PAGE;
    long offset = possible ? pgoff * PAGE : -1;
    return new Remap(call.arg(0), call.arg(1), pgoff, offset, change(call, offset));
  }

  /** The last such call of an operation, or null where it made none that is known. */
  static Remap lastOf(Operation.Kernel kernel) {
    Remap last = null;
    if (kernel != null) {
      for (KernelCall call : kernel.calls()) {
        last = call.syscall() == Syscall.REMAP_FILE_PAGES ? of(call) : last;
      }
    }
    return last;
  }

  private static String change(KernelCall call, long offset) {
    StringJoiner change = new StringJoiner(",");
    if (call.has(KernelCall.FLAG_UNCHECKED)) {
      change.add("unchecked");
    } else if (call.has(KernelCall.FLAG_BEFORE) && call.has(KernelCall.FLAG_AFTER_NONE)) {
      change.add("range_gone");
    } else if (otherMapping(call)) {
      change.add("other_mapping");
    }
    if (fileShort(call, offset)) {
      change.add("file_short");
    }
    return change.length() == 0 ? null : change.toString();
  }

  private static boolean otherMapping(KernelCall call) {
    if (call.has(KernelCall.FLAG_BEFORE)) {
      // Neither a file nor nothing at exit: the range is anonymous memory by then.
      return !call.has(KernelCall.FLAG_FILE) || call.file() != null && !call.file().equals(call.before());
    }
    return call.has(KernelCall.FLAG_BEFORE_NONE) && call.has(KernelCall.FLAG_FILE);
  }

  /** Whole pages count: the rest of a file's last page is there and reads as zeros. */
  private static boolean fileShort(KernelCall call, long offset) {
    long size = call.fileSize() >= 0 ? call.fileSize() : call.beforeSize();
    if (size < 0 || call.arg(1) <= 0) {
      return false;
    }
    long filePages = size / PAGE + (size % PAGE == 0 ? 0 : 1);
    long rangePages = call.arg(1) / PAGE; // the kernel rounds the size down
    return offset < 0 || call.arg(3) + rangePages > filePages;
  }
}
