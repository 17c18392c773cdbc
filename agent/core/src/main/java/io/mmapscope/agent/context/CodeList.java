package io.mmapscope.agent.context;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The compiled methods of this JVM at the time of a reading, as the diagnostic command {@code Compiler.codelist} prints
 * them ({@code CodeCache::print_codelist} in HotSpot's {@code codeCache.cpp}, the same from JDK 17 to 25):
 *
 * <pre>11 4 0 java.lang.Object.&lt;init&gt;()V [0x00007f89dcec7010, 0x00007f89dcec7180 - 0x00007f89dcec71f8]</pre>
 *
 * The compilation's number, tier, state, name with signature; first byte of the whole, first of the instructions, and
 * the byte after them. Immutable.
 */
final class CodeList {

  /**
   * A compiled method, or the wrapper of a native one.
   *
   * @param id the compilation's number
   * @param start first byte of its instructions
   * @param end byte after the last
   * @param nameStart where its name begins in the text
   * @param nameEnd where its signature begins
   */
  record Method(int id, long start, long end, int nameStart, int nameEnd) {

    boolean sameAs(Method other) {
      return other != null && id > 0 && id == other.id && start == other.start && end == other.end;
    }
  }

  private static final int ADDRESS = "0x0000000000000000".length();
  private static final int SECOND = " [".length() + ADDRESS + ", ".length();
  private static final int THIRD = SECOND + ADDRESS + " - ".length();
  private static final int RANGE = THIRD + ADDRESS + "]".length();

  private final String text;
  private final List<Method> methods;
  private final long[] starts;

  private CodeList(String text, List<Method> sorted) {
    this.text = text;
    this.methods = sorted;
    this.starts = sorted.stream().mapToLong(Method::start).toArray();
  }

  /** Reads the command's text. A line of another form, as of a name with a line break, is left out. */
  static CodeList parse(String text) {
    List<Method> methods = new ArrayList<>(text.length() / 128);
    for (int from = 0; from < text.length(); ) {
      int end = text.indexOf('\n', from);
      end = end < 0 ? text.length() : end;
      Method method = method(text, from, end);
      if (method != null) {
        methods.add(method);
      }
      from = end + 1;
    }
    methods.sort(Comparator.comparingLong(Method::start));
    return new CodeList(text, methods);
  }

  private static Method method(String text, int from, int end) {
    int range = end - RANGE;
    int afterId = text.indexOf(' ', from);
    int name = text.indexOf(' ', text.indexOf(' ', afterId + 1) + 1) + 1;
    boolean regular =
        afterId > from
            && name > afterId
            && name < range
            && text.startsWith(" [0x", range)
            && text.startsWith(", 0x", range + SECOND - 2)
            && text.startsWith(" - 0x", range + THIRD - 3);
    if (!regular) {
      return null;
    }
    int signature = text.lastIndexOf('(', range); // a method may be named with one, a signature has only this
    int dot = text.lastIndexOf('.', signature);
    if (signature < name || dot <= name || dot == signature - 1) {
      return null;
    }
    try {
      int id = Integer.parseInt(text, from, afterId, 10);
      return new Method(id, address(text, range + SECOND), address(text, range + THIRD), name, signature);
    } catch (NumberFormatException notOfThatForm) {
      return null;
    }
  }

  private static long address(String text, int at) {
    return Long.parseUnsignedLong(text, at + 2, at + ADDRESS, 16);
  }

  /** The same without the names, which are most of its memory. */
  CodeList withoutNames() {
    return new CodeList(null, methods);
  }

  /** The method whose instructions are at an address, or null. */
  Method at(long address) {
    int low = 0;
    int high = starts.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (starts[middle] <= address) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high >= 0 && address < methods.get(high).end() ? methods.get(high) : null;
  }

  /** Dotted, as {@link Class#getName} has it; HotSpot makes a hidden class's name unique in its own way. */
  String className(Method method) {
    return text.substring(method.nameStart, dot(method));
  }

  String methodName(Method method) {
    return text.substring(dot(method) + 1, method.nameEnd);
  }

  private int dot(Method method) {
    return text.lastIndexOf('.', method.nameEnd);
  }

  int size() {
    return starts.length;
  }
}
