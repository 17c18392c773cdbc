package io.mmapscope.agent.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What was given, by setting: the agent's argument before the system properties before the environment. Complains of
 * names under the agent's prefixes that no setting has.
 */
final class Source {

  private final Map<SettingKey, Given> own = new HashMap<>();
  private final Map<?, ?> properties;
  private final Map<String, String> environment;
  private final List<String> complaints;

  /**
   * A value and where it was found.
   *
   * @param value trimmed, not empty
   * @param place where
   * @param name how the setting is spelled there, e.g. {@code MMAPSCOPE_KERNEL}
   */
  record Given(String value, Place place, String name) {}

  Source(String argument, Map<?, ?> properties, Map<String, String> environment, List<String> complaints) {
    this.properties = properties;
    this.environment = environment;
    this.complaints = complaints;
    // The weakest first: what comes later replaces it.
    readAll(environment, Place.VARIABLE, SettingKey.VARIABLE_PREFIX);
    readAll(properties, Place.PROPERTY, SettingKey.PROPERTY_PREFIX);
    readArgument(argument == null ? "" : argument);
  }

  /** What was given for this setting under the agent's own name, or null. An empty value counts as not given. */
  Given own(SettingKey key) {
    return own.get(key);
  }

  /** What OpenTelemetry's own property or variable says, or null. */
  Given shared(SettingKey key) {
    if (key.sharedVariable() == null) {
      return null;
    }
    Given property = given(properties.get(key.sharedProperty()), Place.PROPERTY, key.sharedProperty());
    return property != null
        ? property
        : given(environment.get(key.sharedVariable()), Place.VARIABLE, key.sharedVariable());
  }

  private void readAll(Map<?, ?> entries, Place place, String prefix) {
    List<String> unknown = new ArrayList<>();
    for (Map.Entry<?, ?> entry : entries.entrySet()) {
      if (entry.getKey() instanceof String name && name.startsWith(prefix)) {
        SettingKey key = place.find(name);
        if (key == null && !SettingKey.isSwitch(name)) {
          unknown.add(name);
        } else if (key != null) {
          put(key, given(entry.getValue(), place, name));
        }
      }
    }
    String[] sorted = unknown.toArray(new String[0]);
    Arrays.sort(sorted);
    for (String name : sorted) {
      complain(place, name, Text.of(name, "=", String.valueOf(entries.get(name))));
    }
  }

  private void readArgument(String argument) {
    int from = 0;
    while (from <= argument.length()) {
      int semicolon = argument.indexOf(';', from);
      int end = semicolon < 0 ? argument.length() : semicolon;
      readPair(argument.substring(from, end).strip());
      from = end + 1;
    }
  }

  private void readPair(String pair) {
    if (pair.isEmpty()) {
      return;
    }
    int equals = pair.indexOf('=');
    String name = equals < 0 ? pair : pair.substring(0, equals).stripTrailing();
    SettingKey key = Place.ARGUMENT.find(name);
    if (key == null) {
      complain(Place.ARGUMENT, name, pair);
    } else if (equals < 0) {
      complaints.add(
          Text.of("agent argument \"", name, "\" has no value, ignored; write ", name, "=", key.defaultValue(),
              " for the default"));
    } else {
      put(key, given(pair.substring(equals + 1), Place.ARGUMENT, name));
    }
  }

  private void put(SettingKey key, Given given) {
    if (given != null) {
      own.put(key, given);
    }
  }

  private static Given given(Object value, Place place, String name) {
    String text = value instanceof String string ? string.strip() : "";
    return text.isEmpty() ? null : new Given(text, place, name);
  }

  private void complain(Place place, String name, String written) {
    SettingKey nearest = place.nearest(name);
    complaints.add(
        Text.of("unknown ", place.title(), " \"", Text.shown(written), "\", ignored; nearest is \"",
            place.nameOf(nearest), "\" (default \"", nearest.defaultValue(), "\")"));
  }
}
