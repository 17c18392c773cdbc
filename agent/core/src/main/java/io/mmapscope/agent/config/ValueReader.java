package io.mmapscope.agent.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads values, and complains of those it cannot read: what was written, what is nearest, what is used instead. */
final class ValueReader {

  private final List<String> complaints;

  ValueReader(List<String> complaints) {
    this.complaints = complaints;
  }

  /** Returns the choice, in the spelling of the table, or null after a complaint. */
  String choice(SettingKey key, Source.Given given, String otherwise) {
    String found = find(key, given.value());
    if (found == null) {
      complainOfChoice(key, given, given.value(), otherwise);
    }
    return found;
  }

  /** Returns the choices of a comma list without repetitions, or an empty list after a complaint. */
  List<String> choices(SettingKey key, Source.Given given, String otherwise) {
    List<String> found = new ArrayList<>();
    for (String item : items(given.value())) {
      String choice = find(key, item);
      if (choice == null) {
        complainOfChoice(key, given, item, otherwise);
        return List.of();
      }
      if (!found.contains(choice)) {
        found.add(choice);
      }
    }
    if (found.size() > 1 && found.contains("none")) {
      complain(given, Text.of("\"none\" goes with no other; using ", otherwise));
      return List.of();
    }
    return found;
  }

  /**
   * Returns those of the choices that are also the agent's. The variable is meant for others as well, so a value
   * unknown here (say {@code jaeger}) is no reason to drop the rest: it is complained of once.
   */
  List<String> sharedChoices(SettingKey key, Source.Given given) {
    List<String> found = new ArrayList<>();
    String unknown = null;
    for (String item : items(given.value())) {
      String choice = find(key, item);
      if (choice == null) {
        unknown = unknown == null ? item : unknown;
      } else if (!found.contains(choice)) {
        found.add(choice);
      }
    }
    if (found.size() > 1) {
      found.remove("none");
    }
    if (unknown != null) {
      complainOfChoice(key, given, unknown, found.isEmpty() ? key.defaultValue() : String.join(",", found));
    }
    return found;
  }

  /** Returns the duration, or null after a complaint. */
  Duration duration(SettingKey key, Source.Given given) {
    Duration read = DurationText.parse(given.value());
    if (read == null) {
      String nearest = DurationText.lacksUnit(given.value()) ? given.value().concat("ms") : key.defaultValue();
      complain(
          given,
          Text.of("is no duration (a whole number and ns, us, ms, s or m); nearest is \"", Text.shown(nearest),
              "\"; using ", key.defaultValue()));
    }
    return read;
  }

  /** Returns the number, or null after a complaint. */
  Integer number(SettingKey key, Source.Given given, int least, int most) {
    Long read = wholeNumber(given.value());
    if (read != null && read >= least && read <= most) {
      return read.intValue();
    }
    String nearest = read == null ? key.defaultValue() : String.valueOf(read < least ? least : most);
    complain(
        given,
        Text.of("is no whole number from ", String.valueOf(least), " to ", String.valueOf(most), "; nearest is \"",
            nearest, "\"; using ", key.defaultValue()));
    return null;
  }

  /** Complains of a value; {@code rest} follows the setting and what was written. */
  void complain(Source.Given given, String rest) {
    complaints.add(
        Text.of(given.place().title(), " ", given.name(), "=", Text.shown(given.value()), " ", rest, hint(given)));
  }

  /** Returns the items of a comma list, trimmed, without empty ones. */
  static List<String> items(String list) {
    List<String> items = new ArrayList<>();
    int from = 0;
    while (from <= list.length()) {
      int comma = list.indexOf(',', from);
      int end = comma < 0 ? list.length() : comma;
      String item = list.substring(from, end).strip();
      if (!item.isEmpty()) {
        items.add(item);
      }
      from = end + 1;
    }
    return items;
  }

  private void complainOfChoice(SettingKey key, Source.Given given, String item, String otherwise) {
    complain(
        given,
        Text.of(
            item.equals(given.value()) ? "" : Text.of("has \"", Text.shown(item), "\", which "),
            "is none of ", String.join(", ", key.choices()),
            "; nearest is \"", Nearest.of(item, key.choices()), "\"; using ", otherwise));
  }

  /** The mistake to expect of those who know other agents: commas between the settings. */
  private static String hint(Source.Given given) {
    String value = given.value();
    boolean commas = given.place() == Place.ARGUMENT && value.indexOf(',') >= 0 && value.indexOf('=') >= 0;
    return commas ? " (settings are separated by semicolons)" : "";
  }

  private static String find(SettingKey key, String item) {
    String lower = item.toLowerCase(Locale.ROOT);
    return key.choices().contains(lower) ? lower : null;
  }

  /** Returns the number, one beyond any limit where it does not fit, or null where it is none. */
  private static Long wholeNumber(String text) {
    int from = text.startsWith("-") ? 1 : 0;
    if (text.length() == from) {
      return null;
    }
    for (int i = from; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return null;
      }
    }
    if (text.length() > 18) {
      return from == 1 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return Long.parseLong(text);
  }
}
