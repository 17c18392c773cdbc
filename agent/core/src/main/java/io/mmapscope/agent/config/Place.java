package io.mmapscope.agent.config;

import java.util.ArrayList;
import java.util.List;

/** Where a setting can be given, and how it is spelled there. */
enum Place {
  ARGUMENT("agent argument"),
  PROPERTY("system property"),
  VARIABLE("environment variable");

  private static final SettingKey[] KEYS = SettingKey.values();

  private final String title;

  Place(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  String nameOf(SettingKey key) {
    if (this == ARGUMENT) {
      return key.key();
    }
    return this == PROPERTY ? key.property() : key.variable();
  }

  /** Returns the setting spelled so at this place, or null. */
  SettingKey find(String name) {
    for (SettingKey key : KEYS) {
      if (nameOf(key).equals(name)) {
        return key;
      }
    }
    return null;
  }

  /** Returns the setting whose name here is the most like this one. */
  SettingKey nearest(String name) {
    List<String> names = new ArrayList<>();
    for (SettingKey key : KEYS) {
      names.add(nameOf(key));
    }
    return find(Nearest.of(name, names));
  }
}
