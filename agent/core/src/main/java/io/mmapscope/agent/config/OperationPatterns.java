package io.mmapscope.agent.config;

import io.mmapscope.agent.config.Settings.OperationPattern;
import java.util.ArrayList;
import java.util.List;

/** The setting {@code operations}: a comma list of {@code package.Class#method}, {@code *} allowed in the method. */
final class OperationPatterns {

  private OperationPatterns() {}

  /** Returns the patterns that can be read; each other one is complained of and left out. */
  static List<OperationPattern> parse(Source.Given given, ValueReader reader) {
    List<OperationPattern> patterns = new ArrayList<>();
    for (String item : ValueReader.items(given.value())) {
      int hash = item.indexOf('#');
      String className = hash < 0 ? item : item.substring(0, hash);
      String method = hash < 0 ? "" : item.substring(hash + 1);
      if (named(className, '.') && named(method, '*')) {
        patterns.add(new OperationPattern(className, method));
      } else {
        reader.complain(
            given,
            Text.of("has \"", Text.shown(item), "\", which is no package.Class#method; nearest is \"",
                Text.shown(nearest(item)), "\"; left out"));
      }
    }
    return List.copyOf(patterns);
  }

  private static boolean named(String name, char alsoAllowed) {
    if (name.isEmpty() || name.charAt(0) == '.' || name.charAt(name.length() - 1) == '.') {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c != alsoAllowed && !Character.isJavaIdentifierPart(c)) {
        return false;
      }
    }
    return true;
  }

  /** {@code a.B.c} and {@code a.B::c} probably mean {@code a.B#c}; anything else, the form itself. */
  private static String nearest(String item) {
    String dotted = item.replace("::", ".").replace('#', '.').replace("()", "");
    int dot = dotted.lastIndexOf('.');
    if (dot > 0) {
      String guess = Text.of(dotted.substring(0, dot), "#", dotted.substring(dot + 1));
      if (named(guess.substring(0, dot), '.') && named(guess.substring(dot + 1), '*')) {
        return guess;
      }
    }
    return "com.acme.Native#open";
  }
}
