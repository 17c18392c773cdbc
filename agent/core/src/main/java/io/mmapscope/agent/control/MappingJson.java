package io.mmapscope.agent.control;

import io.mmapscope.agent.model.CallSite;
import io.mmapscope.agent.model.FileIdentity;
import io.mmapscope.agent.model.Mapping;
import io.mmapscope.agent.model.TraceContext;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** The JSON of {@code mappings --json}, documented in {@code docs/commands.md}. */
final class MappingJson {

  private static final double NANOS = 1e9;

  private MappingJson() {}

  static void write(MappingList list, Appendable out) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("pid", list.pid());
    all.put("agent_version", list.version());
    all.put("kernel_events", list.kernelEvents());
    all.put("kernel_mappings", known(list.kernelMappings()));
    all.put("limit", known(list.limit()));
    // One at a time: with 65,000 mappings all the maps together would be some 100 MB.
    Iterable<Object> entries =
        () -> list.mappings().stream().<Object>map(mapping -> entry(mapping, list.nanos())).iterator();
    all.put("mappings", entries);
    Json.write(all, out);
  }

  private static Map<String, Object> entry(Mapping mapping, long nanos) {
    Mapping.Creator creator = mapping.creator();
    boolean before = MappingList.beforeAgent(mapping);
    Map<String, Object> entry = new LinkedHashMap<>();
    entry.put("start", hex(mapping.start()));
    entry.put("end", hex(mapping.end()));
    entry.put("length", mapping.lengthBytes());
    entry.put("file", mapping.fileBacked() ? file(mapping) : null);
    entry.put("owner", creator.owner().tag());
    entry.put("before_agent", before);
    entry.put("call_site", creator.callSite().known() ? callSite(creator.callSite()) : null);
    entry.put("thread", creator.threadName() == null ? null : thread(creator));
    entry.put("age_seconds", before ? null : (nanos - creator.nanos()) / NANOS);
    entry.put("trace", creator.trace() == null ? null : trace(creator.trace()));
    return entry;
  }

  private static Map<String, Object> file(Mapping mapping) {
    Map<String, Object> file = new LinkedHashMap<>();
    FileIdentity identity = mapping.file();
    file.put("path", mapping.path());
    file.put("offset", mapping.fileOffset());
    file.put("size", known(mapping.fileSize()));
    file.put(
        "device",
        identity == null ? null : String.format(Locale.ROOT, "%d:%d", identity.deviceMajor(), identity.deviceMinor()));
    file.put("inode", identity == null ? null : identity.inode());
    return file;
  }

  private static Map<String, Object> callSite(CallSite site) {
    Map<String, Object> place = new LinkedHashMap<>();
    place.put("function", site.functionName());
    place.put("file", site.fileName());
    place.put("line", site.line() < 0 ? null : site.line());
    return place;
  }

  private static Map<String, Object> thread(Mapping.Creator creator) {
    Map<String, Object> thread = new LinkedHashMap<>();
    thread.put("id", known(creator.threadId()));
    thread.put("name", creator.threadName());
    return thread;
  }

  private static Map<String, Object> trace(TraceContext context) {
    Map<String, Object> trace = new LinkedHashMap<>();
    trace.put("trace_id", context.traceId());
    trace.put("span_id", context.spanIdHex());
    trace.put("sampled", context.sampled());
    return trace;
  }

  private static Long known(long value) {
    return value < 0 ? null : value;
  }

  private static String hex(long address) {
    return "0x" + Long.toHexString(address);
  }
}
