package io.mmapscope.agent.instrument;

import io.mmapscope.agent.config.Settings.OperationPattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The methods of the setting {@code operations}: which to weave, and the name behind each woven method's number. */
public final class LibraryMethods {

  private final List<OperationPattern> patterns;
  private final List<String> names = new ArrayList<>();
  private final Map<String, Integer> numbers = new ConcurrentHashMap<>();

  public LibraryMethods(List<OperationPattern> patterns) {
    this.patterns = List.copyOf(patterns);
  }

  boolean isEmpty() {
    return patterns.isEmpty();
  }

  /** Returns true where some pattern names this class. */
  boolean names(String className) {
    for (OperationPattern pattern : patterns) {
      if (pattern.className().equals(className)) {
        return true;
      }
    }
    return false;
  }

  boolean matches(String className, String method) {
    for (OperationPattern pattern : patterns) {
      if (pattern.className().equals(className) && matches(pattern.methodPattern(), 0, method, 0)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(String pattern, int p, String text, int t) {
    if (p == pattern.length()) {
      return t == text.length();
    }
    if (pattern.charAt(p) == '*') {
      for (int end = t; end <= text.length(); end++) {
        if (matches(pattern, p + 1, text, end)) {
          return true;
        }
      }
      return false;
    }
    return t < text.length() && pattern.charAt(p) == text.charAt(t) && matches(pattern, p + 1, text, t + 1);
  }

  /** The number that advice passes for a method, the same for overloads. */
  synchronized int number(String className, String method) {
    return numbers.computeIfAbsent(
        className.substring(className.lastIndexOf('.') + 1) + "." + method,
        name -> {
          names.add(name);
          return names.size() - 1;
        });
  }

  /** {@code Class.method} of a number: the name of its spans. */
  public synchronized String name(int number) {
    return number >= 0 && number < names.size() ? names.get(number) : "unknown";
  }
}
