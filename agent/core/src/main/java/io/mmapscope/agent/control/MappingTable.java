package io.mmapscope.agent.control;

import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.Owner;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The table of {@code mappings}: by owner, within one the largest first, and the totals at the end. */
final class MappingTable {

  private static final List<String> HEADER =
      List.of("ADDRESS", "SIZE", "OWNER", "AGE", "FILE", "CALL SITE", "THREAD", "TRACE");
  private static final List<Owner> ORDER = List.of(Owner.APPLICATION, Owner.NATIVE, Owner.JVM, Owner.AGENT);
  private static final Comparator<Mapping> LARGEST_FIRST =
      Comparator.<Mapping>comparingInt(mapping -> ORDER.indexOf(mapping.creator().owner()))
          .thenComparing(Comparator.comparingLong(Mapping::lengthBytes).reversed())
          .thenComparingLong(Mapping::start);
  private static final String NONE = "-";

  private MappingTable() {}

  static void write(MappingList list, Appendable out) throws IOException {
    List<Mapping> sorted = new ArrayList<>(list.mappings());
    sorted.sort(LARGEST_FIRST);
    int[] widths = new int[HEADER.size()];
    widen(widths, HEADER);
    for (Mapping mapping : sorted) {
      widen(widths, cells(mapping, list.nanos()));
    }
    line(out, widths, HEADER);
    for (Mapping mapping : sorted) {
      line(out, widths, cells(mapping, list.nanos()));
    }
    totals(list, out);
  }

  private static void widen(int[] widths, List<String> cells) {
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Math.max(widths[i], cells.get(i).length());
    }
  }

  private static void line(Appendable out, int[] widths, List<String> cells) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - cells.get(i).length());
      boolean number = i == 1 || i == 3;
      line.append(number ? padding + cells.get(i) : cells.get(i) + padding).append("  ");
    }
    // A file's name may hold anything, a line's end or what moves the terminal's cursor.
    for (int i = 0; i < line.length(); i++) {
      if (Character.isISOControl(line.charAt(i))) {
        line.setCharAt(i, '?');
      }
    }
    out.append(line.toString().stripTrailing()).append('\n');
  }

  private static List<String> cells(Mapping mapping, long nanos) {
    Mapping.Creator creator = mapping.creator();
    boolean before = MappingList.beforeAgent(mapping);
    return List.of(
        Long.toHexString(mapping.start()) + "-" + Long.toHexString(mapping.end()),
        Units.bytes(mapping.lengthBytes()),
        creator.owner().tag(),
        before ? NONE : Units.age(nanos - creator.nanos()),
        file(mapping),
        before ? "before the agent" : callSite(creator.callSite()),
        creator.threadName() == null ? NONE : creator.threadName(),
        creator.trace() == null ? NONE : creator.trace().traceId());
  }

  private static String file(Mapping mapping) {
    if (!mapping.fileBacked()) {
      return "anonymous";
    }
    FileIdentity identity = mapping.file();
    String name =
        mapping.path() != null
            ? mapping.path()
            : String.format(
                Locale.ROOT, "device %d:%d inode %d", identity.deviceMajor(), identity.deviceMinor(), identity.inode());
    return mapping.fileOffset() == 0 ? name : name + " +" + Units.bytes(mapping.fileOffset());
  }

  private static String callSite(CallSite site) {
    if (!site.known()) {
      return NONE;
    }
    return site.line() < 0 ? site.functionName() : site.functionName() + ":" + site.line();
  }

  private static void totals(MappingList list, Appendable out) throws IOException {
    out.append('\n');
    for (Owner owner : ORDER) {
      long count = 0;
      long bytes = 0;
      for (Mapping mapping : list.mappings()) {
        if (mapping.creator().owner() == owner) {
          count++;
          bytes += mapping.lengthBytes();
        }
      }
      if (count > 0) {
        out.append(String.format(Locale.ROOT, "%-11s  %,7d mappings  %10s%n", owner.tag(), count, Units.bytes(bytes)));
      }
    }
    if (list.kernelMappings() >= 0 && list.limit() > 0) {
      double share = 100.0 * list.kernelMappings() / list.limit();
      out.append(
          String.format(
              Locale.ROOT,
              "%-11s  %,7d mappings  %.2f %% of the %,d that vm.max_map_count allows%n",
              "kernel",
              list.kernelMappings(),
              share,
              list.limit()));
    }
    if (!list.kernelEvents()) {
      out.append("no kernel events: mappings made in native code have no creator\n");
    }
  }
}
