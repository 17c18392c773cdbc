package io.mmapscope.demo.report;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Spans in words.
 *
 * @param operationNames the agent's spelling of its operations by Zipkin's, which keeps names in lower case
 */
record SpanText(Map<String, String> operationNames) {

  /** A line of a stack trace; frames of the JDK have their module before them. */
  private static final Pattern FRAME =
      Pattern.compile("at (?<jdk>(?:java|jdk)\\.[\\w.@]+/)?(?<function>[^(]+)\\([^:)]*(?<line>:\\d+)?\\)");

  String operation(ZipkinSpan span) {
    return operationNames.getOrDefault(span.name(), span.name());
  }

  /** A request's name as the service gave it. */
  static String route(ZipkinSpan request) {
    return request.tag("http.request.method") + " " + request.tag("http.route");
  }

  /** The first frame of the stack in another package than the call site's, or the call site where that is the JDK's. */
  static String firstFrameElsewhere(ZipkinSpan map) {
    String itsPackage = packageOf(map.tag("code.function.name"));
    for (String line : map.tag("code.stacktrace").split("\n")) {
      Matcher frame = FRAME.matcher(line.strip());
      if (frame.matches() && !packageOf(frame.group("function")).equals(itsPackage)) {
        if (frame.group("jdk") != null) {
          break;
        }
        return Table.function(frame.group("function")) + (frame.group("line") == null ? "" : frame.group("line"));
      }
    }
    return callSite(map, "code.function.name", "code.line.number");
  }

  /** The package of {@code package.Class.method}. */
  private static String packageOf(String function) {
    int method = function.lastIndexOf('.');
    int type = method < 0 ? -1 : function.lastIndexOf('.', method - 1);
    return type < 0 ? "" : function.substring(0, type);
  }

  /** As {@code strace} writes it. */
  static String systemCall(ZipkinSpan.Annotation call) {
    Map<String, Object> attributes = call.attributes();
    return attributes.isEmpty()
        ? call.text()
        : call.name() + "(" + attributes.get("mmap.syscall.args") + ") = " + attributes.get("mmap.syscall.result");
  }

  /** The call site, or the thread of a call that is outside any operation and has none. */
  static String siteOrThread(ZipkinSpan span) {
    return hasCallSite(span)
        ? callSite(span, "code.function.name", "code.line.number")
        : "(thread " + span.tag("thread.name") + ")";
  }

  static boolean hasCallSite(ZipkinSpan span) {
    return !span.tag("code.function.name").isEmpty();
  }

  static String callSite(ZipkinSpan span, String function, String line) {
    return Table.function(span.tag(function)) + (span.tag(line).isEmpty() ? "" : ":" + span.tag(line));
  }

  static String fileName(String path) {
    return path.isEmpty() ? "-" : path.substring(path.lastIndexOf('/') + 1);
  }
}
